"""What nerdpy has done, for `events`: a line of JSON for each thing, in the order in which it was done.

containerd tells those who listen what happens in it, keeps nothing, and knows neither who asked (a kill, a
stop) nor what is nerdpy's own (volumes, networks). So each command appends a line here: on a tmpfs, a few
dozen microseconds, never a reason to fail. It is forgotten with a reboot, as docker's own list is, and grows
to two files of half a megabyte: more than a thousand events (docker keeps 256).
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.paths import StorePaths

LARGEST = 512 << 10
"""Bytes of one file; the one before it stands beside it as `NS.1`."""


@dataclass(frozen=True)
class Journal:
    """The journal of one namespace."""

    paths: StorePaths

    def note(
        self,
        kind: str,
        action: str,
        id: str,
        attributes: Mapping[str, str] | None = None,
        *,
        nanoseconds: int = 0,
    ) -> None:
        """Write down that `action` happened to the object (docker's Type, Action, Actor), now or when
        `nanoseconds` say. What cannot be written is not: no command fails for that."""
        entry = [nanoseconds or time.time_ns(), kind, action, id, dict(attributes or {})]
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        with suppress(OSError):
            descriptor = self._opened()
            try:
                os.write(descriptor, line)
                if os.fstat(descriptor).st_size > LARGEST:
                    self._rotate(descriptor)
            finally:
                os.close(descriptor)

    def _opened(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        path = self.paths.events
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(path, flags, 0o600)

    def _rotate(self, descriptor: int) -> None:
        """Of several at once the first does it; the others find another file in its place."""
        path = self.paths.events
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            os.replace(path, f"{path}.1")

    def reader(self) -> "JournalReader":
        """Reads from the oldest line on."""
        return JournalReader(self.paths)


class JournalReader:
    """Follows the journal over its rotations; each `new()` gives what was written since the last."""

    def __init__(self, paths: StorePaths) -> None:
        self._path = paths.events
        self._descriptor = -1
        self._rest = b""
        self._open(f"{self._path}.1")

    def new(self) -> Iterator[tuple[int, str, str, str, dict[str, str]]]:
        """(nanoseconds since 1970, Type, Action, id, attributes) of each complete line; broken ones are left
        out."""
        while True:
            yield from self._lines()
            if not self._moves_on():
                return

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self, path: Any) -> bool:
        with suppress(OSError):
            fresh = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            self.close()
            self._descriptor = fresh
            return True
        return False

    def _moves_on(self) -> bool:
        """To the file that stands in the place of the one that was read to its end."""
        try:
            now = os.stat(self._path)
        except OSError:
            return False
        if self._descriptor >= 0 and os.path.samestat(os.fstat(self._descriptor), now):
            return False
        self._rest = b""
        return self._open(self._path)

    def _lines(self) -> Iterator[tuple[int, str, str, str, dict[str, str]]]:
        while self._descriptor >= 0 and (data := os.read(self._descriptor, 1 << 16)):
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                with suppress(ValueError, TypeError):
                    moment, kind, action, id, attributes = json.loads(line)
                    yield int(moment), str(kind), str(action), str(id), dict(attributes)
