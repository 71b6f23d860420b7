"""docker's `json-file`: one JSON object a line, `{"log":"text\\n","stream":"stdout","time":"..."}`.

The text of an entry is one line of output with its newline; a line longer than 16 KiB is several entries, of
which the last has the newline. Bytes that are no UTF-8 are kept: each is a lone surrogate, as Python's
`surrogateescape` has it, which other readers show as U+FFFD.

Output comes in pieces of many lines, so a piece is escaped as a whole and cut afterwards: that is what makes
it fast.
"""

import os
import time
from _json import encode_basestring, encode_basestring_ascii

from nerdpy.logs.driver import LogDriver
from nerdpy.model.monitor import STDERR, STDOUT, LogSettings

ENTRY_LIMIT = 16 << 10
_MARKS = ("\x7f", "\ue000", "\ufdd0")
"""Characters that JSON does not escape and text seldom has: each stands for a newline while a piece is
escaped."""
_NAMES = {STDOUT: "stdout", STDERR: "stderr"}


class JsonFile(LogDriver):
    """The live file and its rotation: `FILE.1` is the newest of the older ones."""

    def __init__(self, settings: LogSettings) -> None:
        self._path = settings.path
        self._max_size = settings.max_size
        self._max_file = settings.max_file
        self._attributes = render_attributes(settings.attributes)
        self._rest = {STDOUT: b"", STDERR: b""}
        self._second = (0, "")
        self._lost = 0
        self._trouble = ""
        self._size = 0
        self._file = -1
        self._open()

    def write(self, stream: int, data: bytes) -> None:
        data = self._rest[stream] + data
        end = data.rfind(b"\n") + 1
        whole, rest = data[:end], data[end:]
        entries = self._render(stream, whole) if whole else b""
        while len(rest) > ENTRY_LIMIT:
            at = cut_before(rest, ENTRY_LIMIT)
            entries += self._render(stream, rest[:at])
            rest = rest[at:]
        self._rest[stream] = rest
        if entries:
            self._append(entries)

    def close(self) -> None:
        for stream, rest in self._rest.items():
            if rest:
                self._append(self._render(stream, rest))
        self._rest = {STDOUT: b"", STDERR: b""}
        if self._lost:
            self._append(b"")
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _render(self, stream: int, text: bytes) -> bytes:
        """Entries for whole lines, or for one piece of a line."""
        if len(text) > ENTRY_LIMIT and any(len(line) > ENTRY_LIMIT for line in text.split(b"\n")):
            text, later = split_first(text)
            return self._render(stream, text) + (self._render(stream, later) if later else b"")
        return render_entries(
            text, f'"stream":"{_NAMES[stream]}",{self._attributes}"time":"{self._now()}"}}\n'
        )

    def _now(self) -> str:
        second, fraction = divmod(time.time_ns(), 1_000_000_000)
        if second != self._second[0]:
            self._second = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        digits = f".{fraction:09d}".rstrip("0").rstrip(".")
        return f"{self._second[1]}{digits}Z"

    # --- the file -----------------------------------------------------------------------------------------
    def _open(self) -> None:
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
            self._size = os.fstat(self._file).st_size
            self._mend()
        except OSError as error:
            self._trouble = str(error.strerror)

    def _mend(self) -> None:
        """Take away half an entry that a killed monitor may have left at the end."""
        while self._size:
            start = max(0, self._size - 4096)
            newline = os.pread(self._file, self._size - start, start).rfind(b"\n") + 1
            if newline or not start:
                if start + newline < self._size:
                    self._cut(start + newline)
                return
            self._cut(start)

    def _cut(self, size: int) -> None:
        os.ftruncate(self._file, size)
        self._size = size

    def _append(self, entries: bytes) -> None:
        """Write whole entries, rotating between them; what can't be written is counted, and a note stands in
        its place when writing works again."""
        note = b""
        if self._lost:
            text = f"nerdpy: {self._lost} bytes of the log are missing here: {self._trouble}\n"
            note = self._render(STDERR, text.encode())
        while entries or note:
            part = self._fitting(entries)
            if not self._wrote(note + part):
                self._lost += len(entries)
                return
            self._lost, note = 0, b""
            entries = entries[len(part) :]

    def _fitting(self, entries: bytes) -> bytes:
        """The entries up to the one that reaches the limit: files are a little larger than it, as
        docker's."""
        if not self._max_size:
            return entries
        self._rotate_if_full()
        room = self._max_size - self._size
        return entries[: entries.find(b"\n", max(0, room - 1)) + 1] if room < len(entries) else entries

    def _wrote(self, entries: bytes) -> bool:
        if self._file < 0:
            self._open()
        try:
            done = 0
            while done < len(entries):
                done += os.write(self._file, entries[done:] if done else entries)
        except OSError as error:
            self._trouble = str(error.strerror)
            if done and self._file >= 0:
                try:
                    self._cut(self._size)  # no half entries
                except OSError:
                    self._size += done
            return False
        self._size += len(entries)
        return True

    def _rotate_if_full(self) -> None:
        if self._size < self._max_size or self._file < 0:
            return
        try:
            self._size = os.fstat(self._file).st_size  # somebody may have truncated it
            if self._size < self._max_size:
                return
            os.close(self._file)
            self._file = -1
            rotate(self._path, self._max_file)
            self._size = 0
        except OSError as error:
            self._trouble = str(error.strerror)
        self._open()


def rotate(path: str, max_file: int) -> None:
    """Make room for a new live file; of `max_file` files in all the oldest goes."""
    if max_file < 2:
        os.unlink(path)
        return
    for number in range(max_file - 1, 0, -1):
        older = f"{path}.{number - 1}" if number > 1 else path
        if os.path.lexists(older):
            os.rename(older, f"{path}.{number}")


def render_attributes(attributes: dict[str, str]) -> str:
    """The `"attrs"` member as docker places it, or nothing."""
    if not attributes:
        return ""
    members = ",".join(
        f"{encode_basestring_ascii(key)}:{encode_basestring_ascii(value)}"
        for key, value in sorted(attributes.items())
    )
    return f'"attrs":{{{members}}},'


def render_entries(text: bytes, tail: str) -> bytes:
    """An entry for each line of `text`, the last of which may lack its newline; `tail` ends each."""
    try:
        decoded = text.decode()
        escape = encode_basestring
    except UnicodeDecodeError:
        decoded = text.decode(errors="surrogateescape")
        escape = encode_basestring_ascii
    mark = next((mark for mark in _MARKS if mark not in decoded), "")
    if not mark or escape is encode_basestring_ascii:  # which escapes every mark
        return "".join(f'{{"log":{escape(line)},{tail}' for line in _lines(decoded)).encode()
    start, end = '{"log":"', f'",{tail}'
    body = escape(decoded.replace("\n", mark))[1:-1]
    if not decoded.endswith("\n"):
        return f"{start}{body}{end}".replace(mark, f"\\n{end}{start}").encode()
    return f"{start}{body}".replace(mark, f"\\n{end}{start}")[: -len(start)].encode()


def _lines(text: str) -> list[str]:
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def cut_before(text: bytes, limit: int) -> int:
    """Where to cut so that no UTF-8 sequence is torn, at `limit` or up to three bytes before."""
    at = limit
    while at > limit - 3 and text[at] & 0xC0 == 0x80:
        at -= 1
    return limit if text[at] & 0xC0 == 0x80 else at


def split_first(text: bytes) -> tuple[bytes, bytes]:
    """The lines before the first one that is too long, or the first piece of it; and what comes after."""
    start = 0
    while True:
        end = text.find(b"\n", start)
        stop = len(text) if end < 0 else end + 1
        if stop - start > ENTRY_LIMIT + 1:
            at = start or cut_before(text, ENTRY_LIMIT)
            return text[:at], text[at:]
        start = stop
