"""Snapshots of containers with remapped ids: the image's layers have, on the disk, the ids of the container,
and what the container has changed those of the host. For a view that is consistent one of the two is mapped.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from nerdpy import errors
from nerdpy.linux.idmapped import mount_idmapped
from nerdpy.model.idmap import IdMaps, parse_ranges
from nerdpy.model.records import SnapshotMount

_MAPS = ("uidmap=", "gidmap=")


def maps_in(options: Iterable[str]) -> IdMaps | None:
    """What the snapshotter says about the owners of a snapshot."""
    found = dict(word.partition("=")[::2] for word in options if word.startswith(_MAPS))
    if len(found) != len(_MAPS):
        return None
    return IdMaps(uids=parse_ranges(found["uidmap"]), gids=parse_ranges(found["gidmap"]))


def with_owners(step: SnapshotMount, target: Path) -> SnapshotMount:
    """The step without maps, after half of it was mounted, mapped, on `target`, which the step will cover.

    For writing everything is seen with the ids of the host, as the runtime mounts it. Read only
    (`mount.read_only`: it has no work folder) it is seen as the container sees it.
    """
    maps, values = _parts(step)
    if "workdir" not in values:
        return as_seen_through(target, maps, step)
    layers = values["lowerdir"].split(":")
    folder = os.path.commonpath(layers)
    mount_idmapped(folder, target, maps)
    shown = (os.path.normpath(target / os.path.relpath(layer, folder)) for layer in layers)
    return _step(step, values | {"lowerdir": ":".join(shown)})


def as_seen_through(target: Path, maps: IdMaps, step: SnapshotMount) -> SnapshotMount:
    """Mount on `target` what the container has changed, with its own ids; the step with that on top of the
    layers."""
    _, values = _parts(step)
    mount_idmapped(values.pop("upperdir"), target, maps.inverse)
    return _step(step, values | {"lowerdir": f"{target}:{values['lowerdir']}"})


def _parts(step: SnapshotMount) -> tuple[IdMaps, dict[str, str]]:
    maps = maps_in(step.options)
    values = dict(word.partition("=")[::2] for word in step.options if not word.startswith(_MAPS))
    if maps is None or not {"lowerdir", "upperdir"} <= values.keys():
        raise errors.NotImplemented(
            "the files of a container with remapped ids cannot be opened: its image has no layers",
            hint="use `nerdpy exec`, as in `nerdpy exec CONTAINER tar -c /path`",
        )
    return maps, values


def _step(step: SnapshotMount, values: dict[str, str]) -> SnapshotMount:
    options = tuple(f"{name}={value}" if value else name for name, value in values.items())
    return SnapshotMount(step.type, step.source, options, step.target)
