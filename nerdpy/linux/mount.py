"""mount(2) and umount2(2), and the mounts that a snapshotter asks for."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from nerdpy import errors
from nerdpy.linux.libc import call
from nerdpy.linux.own_thread import in_own_thread
from nerdpy.model.records import SnapshotMount

RDONLY, NOSUID, NODEV, NOEXEC = 0x1, 0x2, 0x4, 0x8
REMOUNT, BIND, REC, PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
DETACH = 2
"""MNT_DETACH: out of sight at once, gone when nobody uses it any more."""
UMOUNT_NOFOLLOW = 8

_FLAGS = {
    "ro": RDONLY,
    "rdonly": RDONLY,
    "nosuid": NOSUID,
    "nodev": NODEV,
    "noexec": NOEXEC,
    "bind": BIND,
    "rbind": BIND | REC,
    "noatime": 0x400,
    "nodiratime": 0x800,
    "relatime": 0x200000,
    "strictatime": 0x1000000,
}
_PAGE = 4096
"""mount(2) takes one page of options."""


def mount(source: str, target: str | Path, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2)."""
    data = options.encode() or None
    call("mount", source.encode(), os.fsencode(target), kind.encode() or None, flags, data, path=str(target))


def unmount(target: str | Path) -> None:
    """Take away what is mounted on `target`, even if it is in use; nothing mounted there is fine."""
    try:
        call("umount2", os.fsencode(target), DETACH | UMOUNT_NOFOLLOW, path=str(target))
    except OSError as error:
        if error.errno not in {22, 2}:  # EINVAL: not a mount point; ENOENT: not there
            raise


def mount_tmpfs(target: str | Path, *, size: int, mode: int) -> None:
    """A tmpfs as docker's /dev/shm."""
    mount("shm", target, "tmpfs", NOSUID | NODEV | NOEXEC, f"mode={mode:o},size={size}")


def mount_snapshot(mounts: Iterable[SnapshotMount], target: Path) -> None:
    """Do what the snapshotter says, on `target`."""
    for step in mounts:
        where = target / step.target.lstrip("/") if step.target else target
        if any(word.startswith("uidmap=") for word in step.options):
            from nerdpy.linux.remapped import with_owners

            step = with_owners(step, where)
        flags, data = parse_options(step.options)
        if step.type.startswith(("fuse", "format/", "mkfs/")):
            raise errors.NotImplemented(
                f'a snapshot of type "{step.type}" cannot be opened from outside',
                hint="use the snapshotter overlayfs or native",
            )
        if len(data) >= _PAGE:
            _mount_compacted(where, flags, step)
        else:
            mount(step.source, where, "" if flags & BIND else step.type, flags, data)
        if flags & BIND and flags & RDONLY:  # a bind takes its flags only when it is mounted again
            mount("", where, "", REMOUNT | BIND | RDONLY)


def parse_options(options: Iterable[str]) -> tuple[int, str]:
    """Words of mount(8) -> flags and what the filesystem itself gets."""
    flags, rest = 0, []
    for word in options:
        if word in _FLAGS:
            flags |= _FLAGS[word]
        elif word not in {"rw", "defaults", ""}:
            rest.append(word)
    return flags, ",".join(rest)


def read_only(mounts: Sequence[SnapshotMount]) -> list[SnapshotMount]:
    """The same view without the right to write. An overlay gets its upper directory as the topmost lower
    one: two overlays must not share a writable layer, and the runtime may be mounting it just now."""
    return [_read_only(step) for step in mounts]


def _read_only(step: SnapshotMount) -> SnapshotMount:
    if step.type != "overlay":
        words = tuple(word for word in step.options if word not in {"rw", "ro"})
        return SnapshotMount(step.type, step.source, (*words, "ro"), step.target)
    values = dict(word.partition("=")[::2] for word in step.options)
    upper, lower = values.pop("upperdir", ""), values.pop("lowerdir", "")
    values.pop("workdir", None)
    values.pop("rw", None)
    layers = f"{upper}:{lower}" if upper else lower
    if "uidmap" in values:  # the two have different owners on the disk
        layers, values = lower, values | {"upperdir": upper}
    rest = tuple(f"{name}={value}" if value else name for name, value in values.items())
    return SnapshotMount(step.type, step.source, ("ro", f"lowerdir={layers}", *rest), step.target)


def _mount_compacted(target: Path, flags: int, step: SnapshotMount) -> None:
    """An image of many layers has more option text than a page: name the layers relative to their common
    folder. A thread of its own has a working directory of its own."""
    values = [word.partition("=")[::2] for word in step.options if word not in _FLAGS]
    layers = dict(values).get("lowerdir", "").split(":")
    folder = os.path.commonpath(layers[1:] or layers)  # the first may lie elsewhere
    short = ":".join(
        os.path.relpath(layer, folder) if layer.startswith(f"{folder}/") else layer for layer in layers
    )
    words = (f"lowerdir={short}" if name == "lowerdir" else f"{name}={value}" for name, value in values)
    data = ",".join(word.removesuffix("=") for word in words)

    def from_folder() -> None:
        call("unshare", 0x200)  # CLONE_FS
        os.chdir(folder)
        mount(step.source, target, step.type, flags, data)

    in_own_thread(from_folder)
