"""Pure: what a container has changed in its filesystem, as docker's `diff` tells it."""

from collections.abc import Iterable

from nerdpy.dataclass import dataclass

ADDED, CHANGED, DELETED = "A", "C", "D"


@dataclass(frozen=True)
class Change:
    """One line of `diff`."""

    kind: str
    path: str
    """From the container's root, with a leading slash."""
    is_by_contents: bool = False
    """A folder that is itself as it was: something in it has changed."""

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


def without_mount_points(changes: Iterable[Change], targets: Iterable[str]) -> list[Change]:
    """The changes by path, without the files and folders that the runtime made to mount something on, and
    without the folders that were made or touched for these alone."""
    targets = set(targets)
    above = {folder for target in targets for folder in _above(target)}
    kept: list[Change] = []
    wanted: set[str] = set()
    for change in sorted(changes, key=lambda one: one.path, reverse=True):
        is_of_mount = change.path in targets and change.kind != DELETED
        is_way_to_mount = change.kind == ADDED and change.path in above
        if is_of_mount or ((is_way_to_mount or change.is_by_contents) and change.path not in wanted):
            continue
        kept.append(change)
        wanted.update(_above(change.path))
    return sorted(kept, key=lambda one: one.path.split("/"))


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(2, len(parts))]
