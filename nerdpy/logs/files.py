"""The files of a rotating log as one text: read forward, backward, and while it grows and turns over."""

import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

READ_SIZE = 128 << 10
GAP = 4
"""So many numbers without a file are the end; one is missing in the middle of each rotation."""
LOOKS = 5


class LogFiles:
    """The live file and the older ones beside it (`FILE.1` is the newest of those), held open while they are
    read.

    Opened from the newest to the oldest: a rotation in between can show a file twice, which its inode tells,
    but can hide none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: list[FileIO] = []
        self._rest = b""
        self._open_newer_than(None)

    def close(self) -> None:
        for file in self._files:
            file.close()
        self._files = []

    def skip_older_than(self, seconds: float) -> None:
        """Leave out files whose last change was before that time."""
        while len(self._files) > 1 and os.fstat(self._files[0].fileno()).st_mtime < seconds:
            self._files.pop(0).close()

    def blocks(self) -> Iterator[bytes]:
        """Whole lines, many at a time and each with its newline, from where we are to the end of what is
        there now."""
        while self._files:
            while chunk := self._files[0].read(READ_SIZE):
                head, newline, tail = chunk.rpartition(b"\n")
                if newline:
                    yield self._rest + head + newline
                    self._rest = tail
                else:
                    self._rest += chunk
            if len(self._files) == 1:
                return
            self._files.pop(0).close()
            self._rest = b""

    def turn_over(self) -> None:
        """Take in the files that have come since, where the log was rotated or truncated."""
        if not self._files:
            self._open_newer_than(None)
            return
        live = os.fstat(self._files[-1].fileno())
        try:
            now = os.stat(self._path)
        except FileNotFoundError:
            return
        if not os.path.samestat(live, now):
            self._open_newer_than(live)
        elif len(self._files) == 1 and now.st_size < self._files[0].tell():
            self._files[0].seek(0)
            self._rest = b""

    def _open_newer_than(self, known: os.stat_result | None) -> None:
        """Open the live file and older ones, up to the one that is known; with it gone, all there are.

        Rotations that go on meanwhile may show a gap that moves along with us, so a look that does not come
        to the known one is not believed at once.
        """
        for _ in range(LOOKS):
            newer, is_whole = self._look(known)
            if is_whole:
                break
            for file in newer:
                file.close()
        else:
            newer, _ = self._look(known)
        self._files += reversed(newer)

    def _look(self, known: os.stat_result | None) -> tuple[list[FileIO], bool]:
        """The files from the newest on, and whether the known one, if any, stands behind them."""
        newer: dict[tuple[int, int], FileIO] = {}
        number = missing = 0
        while missing < GAP:
            path = f"{self._path}.{number}" if number else self._path
            number += 1
            try:
                file = open(path, "rb", buffering=0)  # noqa: SIM115  # closed by `close`
            except FileNotFoundError:
                missing += 1
                continue
            missing = 0
            status = os.fstat(file.fileno())
            if known is not None and os.path.samestat(status, known):
                file.close()
                return list(newer.values()), True
            if (identity := (status.st_dev, status.st_ino)) in newer:  # it was moved while we looked
                file.close()
            else:
                newer[identity] = file
        return list(newer.values()), known is None

    def lines_backward(self) -> Iterator[tuple[int, int, bytes]]:
        """(file, offset, line) from the last whole line to the first. Moves the files' positions."""
        for number in range(len(self._files) - 1, -1, -1):
            file = self._files[number]
            for offset, line in _backward(file):
                yield number, offset, line

    def start_at(self, number: int, offset: int) -> None:
        """Go on reading forward from there."""
        for file in self._files[:number]:
            file.close()
        self._files = self._files[number:]
        for file in self._files:
            file.seek(0)
        if self._files:
            self._files[0].seek(offset)
        self._rest = b""

    def start_at_end(self) -> None:
        """Only what comes from now on, beginning with a line that is half written."""
        last = len(self._files) - 1
        if last >= 0:
            size = os.fstat(self._files[last].fileno()).st_size
            self.start_at(last, size - len(_torn_end(self._files[last], size)))


def _torn_end(file: FileIO, size: int) -> bytes:
    file.seek(max(0, size - READ_SIZE))
    return file.read(READ_SIZE).rpartition(b"\n")[2]


def _backward(file: FileIO) -> Iterator[tuple[int, bytes]]:
    """Whole lines with their offsets, from the end; what stands after the last newline is not one."""
    position = os.fstat(file.fileno()).st_size
    data, is_cut = b"", False
    while position:
        size = min(READ_SIZE, position)
        position -= size
        file.seek(position)
        data = file.read(size) + data
        end = len(data) if is_cut else data.rfind(b"\n") + 1
        is_cut = is_cut or end > 0
        while start := data.rfind(b"\n", 0, max(0, end - 1)) + 1:
            yield position + start, data[start : end - 1]
            end = start
        data = data[:end] if is_cut else data
    if data and is_cut:
        yield 0, data[:-1]
