"""What a container has changed in its filesystem since it was made."""

import os
import posixpath
from collections.abc import Sequence
from contextlib import ExitStack

from nerdpy.container.below import borrowed
from nerdpy.container.root import layer_mounts
from nerdpy.engine import Engine
from nerdpy.linux.changes import compare
from nerdpy.linux.rootfs import opened
from nerdpy.model.changes import Change, without_mount_points
from nerdpy.model.records import ContainerRecord, SnapshotMount


def changes(engine: Engine, record: ContainerRecord) -> list[Change]:
    """docker's list, by path; without what the runtime made for mounts."""
    scratch = engine.paths.mounts
    with ExitStack() as held:
        below = held.enter_context(borrowed(engine, record))
        own = layer_mounts(engine, record)
        old = held.enter_context(opened(below.mounts, scratch, is_read_only=True))
        new = held.enter_context(opened(own, scratch, is_read_only=True))
        upper = _upper(own, held)
        found = list(compare(old, new, upper))
    return without_mount_points(found, _targets(record))


def _upper(mounts: Sequence[SnapshotMount], held: ExitStack) -> int | None:
    """The folder in which overlayfs keeps what was changed; None for snapshotters that copy."""
    for option in mounts[-1].options if mounts else ():
        name, _, path = option.partition("=")
        if name == "upperdir":
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            held.callback(os.close, folder)
            return folder
    return None


def _targets(record: ContainerRecord) -> list[str]:
    found = (str(mount.get("destination", "")) for mount in record.spec.get("mounts") or [])
    return ["/" + posixpath.normpath(target).lstrip("/") for target in found if target]
