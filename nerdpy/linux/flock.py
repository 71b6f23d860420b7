"""flock(2): a lock that the kernel drops with its holder, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from nerdpy.errors import Conflict

PATIENCE = timedelta(seconds=60)


@contextmanager
def locked(path: Path, *, patience: timedelta = PATIENCE, is_shared: bool = False) -> Iterator[None]:
    """Hold the lock file at `path`; Conflict when others hold it for longer than `patience`."""
    descriptor = _open(path)
    try:
        if not _acquired(descriptor, is_shared, patience):
            raise Conflict(f'"{path}" is locked by another command', hint="wait for that command, or end it")
        yield
    finally:
        os.close(descriptor)


@contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Try to hold it; says whether it could, and never waits."""
    descriptor = _open(path)
    try:
        yield _acquired(descriptor, False, timedelta())
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)


def _acquired(descriptor: int, is_shared: bool, patience: timedelta) -> bool:
    """flock has no deadline of its own, so it is asked again; a wait is rare."""
    deadline = time.monotonic() + patience.total_seconds()
    kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.01)
        else:
            return True
