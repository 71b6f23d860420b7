"""Pure: the Container Device Interface: the content of a specification file, checked and read (its SPEC.md).

A file describes devices of one kind (`vendor.com/class`), each with the edits that a container needs to use
it. What a file may say depends on the version that it names; a key that nobody knows makes it invalid.
"""

import re
from typing import Any

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument
from nerdpy.model.cdi_edits import Edits, Named, read_edits, read_fields
from nerdpy.model.device import CDI_CLASS, CDI_DEVICE, CDI_VENDOR

VERSIONS = ("0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0")
_KEYS = ("cdiVersion", "kind", "annotations", "devices", "containerEdits")


@dataclass(frozen=True, kw_only=True)
class CdiFile:
    """One specification file."""

    path: str
    kind: str
    edits: Edits
    """For whoever uses any of its devices."""
    devices: dict[str, Edits] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """`vendor.com/class=name` of each device."""
        return tuple(f"{self.kind}={name}" for name in self.devices)


def read_cdi(value: Any, path: str) -> CdiFile:
    """The content of a file, already decoded; InvalidArgument says what is wrong with it."""
    read = read_fields(value, _KEYS, "the file")
    version = _version(read.get("cdiVersion"))
    kind = read.get("kind")
    if not isinstance(kind, str) or not re.fullmatch(f"{CDI_VENDOR}/{CDI_CLASS}", kind):
        raise InvalidArgument(f'kind "{kind}" is not vendor/class')
    newest = "0.6.0" if "." in kind.partition("/")[2] or read.get("annotations") else VERSIONS[0]
    edits = read_edits(read.get("containerEdits") or {}, "containerEdits")
    entries = read.get("devices") or []
    if not isinstance(entries, list) or not entries:
        raise InvalidArgument("devices is empty")
    devices: dict[str, Edits] = {}
    for entry in entries:
        name, own, needed = _device(entry)
        if name in devices:
            raise InvalidArgument(f'device "{name}" stands there twice')
        devices[name] = own
        newest = max(newest, needed, key=VERSIONS.index)
    needed = max((newest, edits.version, *(one.version for one in devices.values())), key=VERSIONS.index)
    if VERSIONS.index(needed) > VERSIONS.index(version):
        raise InvalidArgument(f"cdiVersion {version} is too low for what it holds: that came with {needed}")
    return CdiFile(path=path, kind=kind, edits=edits, devices=devices)


def _version(value: object) -> str:
    text = str(value or "").removeprefix("v")
    if text not in VERSIONS:
        raise InvalidArgument(
            f'cdiVersion "{value}" is not known', hint=f"the newest known is {VERSIONS[-1]}"
        )
    return text


def _device(value: Any) -> tuple[str, Edits, str]:
    """Name, edits, and the version that such a description needs."""
    read = read_fields(value, ("name", "annotations", "containerEdits"), "a device")
    name = read.get("name")
    if not isinstance(name, str) or not re.fullmatch(CDI_DEVICE, name):
        raise InvalidArgument(f'device name "{name}" is malformed')
    edits = read_edits(read.get("containerEdits"), f'device "{name}"')
    if edits == Edits():
        raise InvalidArgument(f'device "{name}" edits nothing')
    needed = "0.6.0" if read.get("annotations") else "0.5.0" if name[0].isdecimal() else VERSIONS[0]
    return name, edits, needed


def merge_edits(all_edits: list[Edits]) -> Edits:
    """One after the other; of two device nodes or mounts on one path the later counts."""
    return Edits(
        environment=tuple(one for edits in all_edits for one in edits.environment),
        nodes=_by_path(node for edits in all_edits for node in edits.nodes),
        mounts=_by_path(mount for edits in all_edits for mount in edits.mounts),
        hooks=tuple(hook for edits in all_edits for hook in edits.hooks),
        groups=tuple(dict.fromkeys(gid for edits in all_edits for gid in edits.groups)),
        rdt=next((edits.rdt for edits in reversed(all_edits) if edits.rdt), {}),
        links=_by_path(link for edits in all_edits for link in edits.links),
    )


def _by_path(named: Any) -> tuple[Any, ...]:
    found: dict[str, Named] = {one.path: one for one in named}
    return tuple(found.values())


def file_type(name: str) -> str:
    """`json` or `yaml`; empty for a file that is none of ours."""
    return {"json": "json", "yaml": "yaml"}.get(name.rpartition(".")[2], "")
