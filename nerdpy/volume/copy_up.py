"""Fill an empty volume with what the image has at its target.

The image is hostile: its target may be a link, its files may be anything. The source is resolved below the
image's root by the kernel, the walk holds descriptors only and follows no link, and everything is copied to a
folder that no container sees, from which whole entries move into the volume (`volume/staging.py`). So a
container that has the same volume already can neither mislead the copy nor lose what it has written.
"""

import errno
import os
from collections.abc import Iterable, Sequence

from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NerdpyError, ResourceExhausted
from nerdpy.linux.copy import copy_attributes, copy_tree
from nerdpy.linux.inside import open_inside
from nerdpy.linux.owners import shift_owner, shift_owners
from nerdpy.linux.rootfs import opened
from nerdpy.model.idmap import IdMaps
from nerdpy.model.mounts import ResolvedMount
from nerdpy.model.records import SnapshotMount
from nerdpy.volume.hold import Held, held
from nerdpy.volume.relabel import relabel
from nerdpy.volume.staging import finish_filling, is_empty, staging


def copy_up(
    engine: Engine,
    mounts: Iterable[ResolvedMount],
    snapshot_mounts: Sequence[SnapshotMount],
    maps: IdMaps | None = None,
) -> None:
    """Fill each of `mounts` that needs content; one whose target the image does not have stays empty. With
    `maps` the files get the owners that those of the image have in the container's user namespace.

    Of several containers on one new volume the first fills it, and the others wait."""
    wanting = [mount for mount in mounts if mount.needs_content]
    if not wanting:
        return
    with opened(snapshot_mounts, engine.paths.mounts, is_read_only=True) as root:
        for mount in wanting:
            try:
                with held(engine, mount.name) as volume:
                    finish_filling(volume)
                    if is_empty(volume):
                        fill(root, mount.target, volume, maps)
                relabel(mount.source, mount.relabel)
            except OSError as error:
                raise _explained(mount, error) from error


def fill(root: int, path: str, volume: Held, maps: IdMaps | None = None) -> None:
    """Copy the folder that `path` leads to below `root` into the empty volume, with owner and mode."""
    source = _source(root, path)
    if source is None:
        _give(volume.data, maps)
        return
    try:
        with staging(volume) as staged:
            copy_tree(source, staged)
            copy_attributes(source, staged)
            if maps is not None:
                shift_owners(staged, maps)
                shift_owner(staged, maps)
    finally:
        os.close(source)


def _give(volume: int, maps: IdMaps | None) -> None:
    """A new volume that stays empty belongs to the container's root."""
    if maps is not None and os.fstat(volume).st_uid == 0:
        os.fchown(volume, *maps.root)


def _source(root: int, path: str) -> int | None:
    try:
        return open_inside(root, path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
            return None
        raise


def _explained(mount: ResolvedMount, error: OSError) -> NerdpyError:
    what = f'volume "{mount.name}" could not be filled from the image: {(error.strerror or "").lower()}'
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ResourceExhausted(what, hint="make room below the data root")
    return InvalidArgument(what, hint="`--mount type=volume,...,volume-nocopy` leaves it empty")
