"""One change of a container at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.linux.flock import PATIENCE, locked, locked_if_free
from nerdpy.paths import StorePaths
from nerdpy.store.listing import names_in


@dataclass(frozen=True)
class Locks:
    """The locks of one store."""

    paths: StorePaths

    @contextmanager
    def container(self, container_id: str, patience: timedelta = PATIENCE) -> Iterator[None]:
        """Hold the container; Conflict when another command holds it for longer than `patience`.

        `stop` with its grace period may hold it for long.
        """
        what = f"container {container_id[:12]}"
        with locked(self.paths.lock(container_id), patience=patience, what=what):
            try:
                yield
            finally:
                if not self.paths.container(container_id).exists():  # it is gone, or somebody else's
                    self.forget(container_id)

    @contextmanager
    def path(self, path: Path) -> Iterator[None]:
        """Hold the file at `path`, which stays."""
        with locked(path):
            yield

    @contextmanager
    def path_if_free(self, path: Path) -> Iterator[bool]:
        """Try to hold `path`; says whether it could, and never waits."""
        with locked_if_free(path) as is_ours:
            yield is_ours

    def orphaned(self) -> list[str]:
        """The containers of this namespace that have a lock and no folder: others' that a command is working
        on, and those whose lock a command has made that waited for a removal and was killed."""
        locks = set(names_in(self.paths.lock("")))
        return sorted(locks.difference(names_in(self.paths.containers))) if locks else []

    def forget(self, container_id: str) -> None:
        """Take the lock file away; to be called by its holder, before he strikes out the intent to remove the
        container."""
        self.paths.lock(container_id).unlink(missing_ok=True)
