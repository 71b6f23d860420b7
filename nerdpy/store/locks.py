"""One change of a container at a time: flock(2), which the kernel drops with its holder.

A lock file goes away with its container, so a waiter may get the lock of a file that is no longer there: it
looks
whether the path still leads to the file that it locked, and begins again if not.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.errors import Conflict
from nerdpy.paths import StorePaths

PATIENCE = timedelta(seconds=60)
"""How long a change waits for another one of the same container; `stop` with its grace period may hold it."""


@dataclass(frozen=True)
class Locks:
    """The locks of one store."""

    paths: StorePaths

    @contextmanager
    def container(self, container_id: str, patience: timedelta = PATIENCE) -> Iterator[None]:
        """Hold the container; Conflict when another command holds it for longer than `patience`."""
        descriptor = _lock(self.paths.lock(container_id), patience)
        if descriptor is None:
            raise Conflict(
                f"container {container_id[:12]} is being changed by another command",
                hint="wait for that command, or end it",
            )
        try:
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def path(self, path: Path) -> Iterator[None]:
        """Hold the file at `path`, which stays."""
        descriptor = _lock(path, PATIENCE)
        if descriptor is None:
            raise Conflict(f'"{path}" is locked by another command')
        try:
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def path_if_free(self, path: Path) -> Iterator[bool]:
        """Try to hold `path`; says whether it could, and never waits."""
        descriptor = _lock(path, timedelta())
        try:
            yield descriptor is not None
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def forget(self, container_id: str) -> None:
        """Take the lock file away; to be called by its holder, as the last thing that happens to a
        container."""
        self.paths.lock(container_id).unlink(missing_ok=True)


def _lock(path: Path, patience: timedelta) -> int | None:
    deadline = time.monotonic() + patience.total_seconds()
    while True:
        descriptor = _open(path)
        if _locked(descriptor, deadline):
            if _is_still(path, descriptor):
                return descriptor
            os.close(descriptor)
            continue
        os.close(descriptor)
        return None


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _locked(descriptor: int, deadline: float) -> bool:
    """flock has no deadline of its own; a wait is rare, so asking again is cheap enough."""
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.01)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
