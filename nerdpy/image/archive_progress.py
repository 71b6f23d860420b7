"""How far the reading or writing of an archive is, told now and then."""

import time

from nerdpy.engine import BlobProgress, Notify, Transferring

PAUSE = 0.1
"""Seconds between two looks."""
SHORT = 12


class ArchiveProgress:
    """Counts bytes of blobs; `phase` is `loading`, `saving`, ..."""

    def __init__(self, notify: Notify, what: str, phase: str) -> None:
        self._notify = notify
        self._what = what
        self._phase = phase
        self._blobs: dict[str, BlobProgress] = {}
        self._next = 0.0

    def expect(self, name: str, total: int) -> None:
        """A blob that is going to come."""
        self._blobs[name] = BlobProgress(_short(name), "waiting", 0, total)

    def __call__(self, name: str, done: int, total: int) -> None:
        """So many bytes of this blob are done."""
        action = "complete" if done >= total else self._phase
        self._blobs[name] = BlobProgress(_short(name), action, done, total)
        if (now := time.monotonic()) >= self._next:
            self._next = now + PAUSE
            self._notify(Transferring(self._what, self._phase, tuple(self._blobs.values())))

    def end(self) -> None:
        self._notify(Transferring(self._what, "done", tuple(self._blobs.values())))


def _short(name: str) -> str:
    """The beginning of a digest; a file's name as it is."""
    last = name.replace(":", "/").rpartition("/")[2]
    return last[:SHORT]
