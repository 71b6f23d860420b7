"""Containers in a user namespace of their own (`--userns-remap`): their root is nobody on the host.

The ids come from /etc/subuid and /etc/subgid. The image's layers are not copied for it: the snapshotter has
them mounted with other owners (idmapped mounts). The namespace is made together with the network's, whose
owner it must be, and both are pinned; the container joins them by their paths.
"""

import json
from contextlib import suppress
from pathlib import Path

from nerdpy import labels
from nerdpy.container.find import shown_as
from nerdpy.container.join import Joined
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, FailedPrecondition, NotFound
from nerdpy.model.idmap import IdMaps, find_ranges, parse_ranges, parse_remap, render_ranges
from nerdpy.model.options import CreateOptions
from nerdpy.model.records import ContainerRecord, SnapshotMount

CAPABILITY = "remap-ids"
"""What a snapshotter announces that can mount layers with other owners."""


@dataclass(frozen=True, kw_only=True)
class Remap:
    """The ids, and where the user namespace is pinned."""

    maps: IdMaps
    path: str


def find_remap(engine: Engine, options: CreateOptions, joined: Joined, container_id: str) -> Remap | None:
    """What the settings ask for; None where the container has the host's ids."""
    asked = engine.config.userns_remap
    if not asked or options.security.userns == "host":
        return None
    _check(options)
    _check_snapshotter(engine, options)
    if owner := _owner(joined):
        maps = maps_of(owner)
        if maps is None:
            shown = shown_as(owner)
            raise Conflict(
                f"conflicting options: --userns-remap and a namespace of {shown}, which has the host's ids",
                hint="add --userns host",
            )
        return Remap(maps=maps, path=str(engine.paths.userns(owner.id)))
    return Remap(maps=_maps(asked), path=str(engine.paths.userns(container_id)))


def remap_labels(remap: Remap | None) -> dict[str, str]:
    """What each start must know of it."""
    if remap is None:
        return {}
    value = {"uids": render_ranges(remap.maps.uids), "gids": render_ranges(remap.maps.gids)}
    return {labels.USERNS: json.dumps(value, separators=(",", ":"))}


def snapshot_labels(remap: Remap | None) -> dict[str, str]:
    """What the snapshotter must know of it."""
    if remap is None:
        return {}
    return {
        labels.SNAPSHOT_UIDS: render_ranges(remap.maps.uids),
        labels.SNAPSHOT_GIDS: render_ranges(remap.maps.gids),
    }


def maps_of(record: ContainerRecord) -> IdMaps | None:
    """The ids of a container that exists."""
    with suppress(ValueError, LookupError, TypeError):
        value = json.loads(record.labels.get(labels.USERNS, "{}"))
        return IdMaps(uids=parse_ranges(value["uids"]), gids=parse_ranges(value["gids"]))
    return None


def without_maps(mounts: tuple[SnapshotMount, ...]) -> tuple[SnapshotMount, ...]:
    """The layers with the owners that they have on the disk: those that the container sees."""
    return tuple(
        SnapshotMount(
            one.type,
            one.source,
            tuple(word for word in one.options if not word.startswith(("uidmap=", "gidmap="))),
            one.target,
        )
        for one in mounts
    )


def _check(options: CreateOptions) -> None:
    """What docker refuses as well, and what would need more of the host than the namespace has."""
    security, network = options.security, options.network
    given = {
        "--privileged": security.privileged,
        "--pid host": security.pid == "host",
        "--ipc host": security.ipc == "host",
        "--uts host": security.uts == "host",
        "--network host": network.mode == "host",
        "--network ns:": network.mode == "ns",
        "--systemd": options.process.systemd != "false",
        "--rootfs": bool(options.image.rootfs),
    }
    for flag, is_given in given.items():
        if is_given:
            raise Conflict(
                f"conflicting options: {flag} and a user namespace (--userns-remap)", hint="add --userns host"
            )


def _check_snapshotter(engine: Engine, options: CreateOptions) -> None:
    name = engine.config.snapshotter
    found = engine.containerd.introspection.plugins(f"type==io.containerd.snapshotter.v1,id=={name}")
    if not any(CAPABILITY in plugin.capabilities for plugin in found):
        raise FailedPrecondition(
            f'the snapshotter "{name}" cannot give its files to other owners, which --userns-remap needs',
            hint="overlayfs of containerd 2.0 can, on Linux 5.19 and newer; --userns host runs without",
        )


def _owner(joined: Joined) -> ContainerRecord | None:
    """The container whose namespaces are shared; there can be one only, for one user namespace owns them."""
    found = {one.id: one for one in (joined.network, joined.pid, joined.ipc) if one is not None}
    if len(found) > 1:
        raise Conflict(
            "conflicting options: namespaces of several containers, and a user namespace (--userns-remap)",
            hint="add --userns host",
        )
    return next(iter(found.values()), None)


def _maps(asked: str) -> IdMaps:
    user, group = parse_remap(asked)
    return IdMaps(
        uids=find_ranges(_text("/etc/subuid"), _names(user, is_group=False), path="/etc/subuid"),
        gids=find_ranges(_text("/etc/subgid"), _names(group, is_group=True), path="/etc/subgid"),
    )


def _names(text: str, *, is_group: bool) -> tuple[str, ...]:
    """As typed, then the name and the number of whoever is meant: the files may have either."""
    import grp
    import pwd

    with suppress(KeyError):
        if is_group:
            group = grp.getgrgid(int(text)) if text.isdecimal() else grp.getgrnam(text)
            return text, group.gr_name, str(group.gr_gid)
        user = pwd.getpwuid(int(text)) if text.isdecimal() else pwd.getpwnam(text)
        return text, user.pw_name, str(user.pw_uid)
    return (text,)


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError as error:
        raise NotFound(
            f"{path} cannot be read: {(error.strerror or '').lower()}",
            hint="--userns-remap takes its ids from there",
        ) from error
