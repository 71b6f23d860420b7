"""flock(2): a lock that the kernel drops with its holder, however it dies.

A lock file may go away with the thing that it guards, so whoever gets the lock looks whether the path still
leads to
the file that was locked, and begins again if not.
"""

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
def locked(
    path: Path, *, patience: timedelta = PATIENCE, is_shared: bool = False, what: str = ""
) -> Iterator[None]:
    """Hold the lock file at `path`; Conflict when others hold `what` it guards for longer than `patience`."""
    descriptor = _acquired(path, is_shared, patience)
    if descriptor is None:
        raise Conflict(
            f"{what or f'{path}'} is being changed by another command",
            hint="wait for that command, or end it",
        )
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Try to hold it; says whether it could, and never waits."""
    descriptor = _acquired(path, False, timedelta())
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def is_held(path: Path) -> bool:
    """Does anybody hold it now? Nothing is made, and nobody who comes at this moment is kept waiting for
    longer than that."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _acquired(path: Path, is_shared: bool, patience: timedelta) -> int | None:
    """flock has no deadline of its own, so it is asked again; a wait is rare."""
    deadline = time.monotonic() + patience.total_seconds()
    kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
    while True:
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            if _is_still(path, descriptor):
                return descriptor
            os.close(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.01)


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path, follow_symlinks=False), os.fstat(descriptor))
    except FileNotFoundError:
        return False
