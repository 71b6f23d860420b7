"""Where a path is mounted, and whether mounts below it are shared (`/proc/self/mountinfo`)."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from nerdpy.dataclass import dataclass


@dataclass(frozen=True)
class MountPoint:
    """One line, as far as propagation is concerned."""

    path: str
    tags: tuple[str, ...]
    """`shared:N`, `master:N`."""

    @property
    def is_shared(self) -> bool:
        return any(tag.startswith("shared:") for tag in self.tags)

    @property
    def is_slave(self) -> bool:
        return any(tag.startswith("master:") for tag in self.tags)


def parse_mountinfo(text: str) -> list[MountPoint]:
    """All lines, in the order of the kernel: the last one on a path is the one that is seen."""
    points = []
    for line in filter(None, text.split("\n")):  # the kernel escapes no other white space than these
        fields = line.partition(" - ")[0].split(" ")
        path = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
        points.append(MountPoint(path, tuple(fields[6:])))
    return points


def mount_point_of(path: str) -> MountPoint:
    """The mount that the path lies on, links resolved."""
    real = os.path.realpath(path)
    points = _mounts()
    holding = [
        point for point in points if real == point.path or real.startswith(point.path.rstrip("/") + "/")
    ]
    return max(reversed(holding), key=lambda point: len(point.path), default=MountPoint("/", ()))


def mounts_below(folder: str | Path) -> list[str]:
    """Where something is mounted on or below the folder, the deepest last. No filesystem is touched, so a
    server that does not answer is no matter."""
    return below(folder, (point.path for point in _mounts()))


def below(folder: str | Path, points: Iterable[str]) -> list[str]:
    """Those of the mount points that are the folder, or below it."""
    root = os.path.realpath(folder)
    return [point for point in points if point == root or point.startswith(f"{root}/")]


def is_mount_point(path: Path) -> bool:
    """Is something mounted on this very path, in our mount namespace? Its folder is resolved, it is not."""
    exact = os.path.join(os.path.realpath(path.parent), path.name)
    return any(point.path == exact for point in _mounts())


def _mounts() -> list[MountPoint]:
    return parse_mountinfo(Path("/proc/self/mountinfo").read_text(errors="surrogateescape"))
