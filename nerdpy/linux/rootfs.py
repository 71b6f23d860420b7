"""A container's root filesystem, opened from outside without being a container.

The snapshot is mounted on a folder nobody else knows, opened, and taken out of the mount table at once: what
is left is a descriptor, which the kernel closes with us. A process that is killed in between leaves a mount
in the scratch folder; `sweep` takes it away.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from nerdpy.linux import process
from nerdpy.linux.mount import mount_snapshot, read_only, unmount
from nerdpy.model.records import SnapshotMount

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def opened(mounts: Sequence[SnapshotMount], scratch: Path, *, is_read_only: bool = False) -> Iterator[int]:
    """A descriptor of the snapshot's root, to be used with `linux/inside.py` only.

    Read only it is safe beside a task that has the same snapshot mounted.
    """
    descriptor = _open(read_only(mounts) if is_read_only else mounts, scratch)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def as_seen_inside(mounts: Sequence[SnapshotMount], scratch: Path) -> Iterator[Sequence[SnapshotMount]]:
    """What containerd is to mount in order to see the snapshot with the ids of its container: `mounts`
    itself, except for remapped ids."""
    from nerdpy.linux.remapped import as_seen_through, maps_in

    maps = next((found for step in mounts if (found := maps_in(step.options))), None)
    if maps is None:
        yield mounts
        return
    point = _point(scratch)
    try:
        yield [as_seen_through(point, maps, step) for step in read_only(mounts)]
    finally:
        _detach(point)


@contextmanager
def opened_of_process(pid: int) -> Iterator[int]:
    """A descriptor of the root of a running process, with everything that is mounted in it."""
    descriptor = os.open(f"/proc/{pid}/root", _DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def sweep(scratch: Path) -> None:
    """Take away the mounts of processes that are gone."""
    with suppress(FileNotFoundError):
        for entry in os.scandir(scratch):
            if not process.is_marked_alive(entry.name):
                _detach(Path(entry.path))


def _open(mounts: Sequence[SnapshotMount], scratch: Path) -> int:
    point = _point(scratch)
    try:
        mount_snapshot(mounts, point)
        return os.open(point, _DIRECTORY)
    finally:
        _detach(point)


def _point(scratch: Path) -> Path:
    point = scratch / f"{process.mark()}-{os.urandom(4).hex()}"
    try:
        point.mkdir(mode=0o700)
    except FileNotFoundError:
        scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        point.mkdir(mode=0o700)
    return point


def _detach(point: Path) -> None:
    unmount(point)
    unmount(point)  # the layers of a container with remapped ids lie below
    with suppress(OSError):
        point.rmdir()
