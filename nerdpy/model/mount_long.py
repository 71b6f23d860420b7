"""Pure: `--mount KEY=VALUE[,KEY=VALUE...]`, one CSV record as docker reads it."""

import re
from collections.abc import Callable
from typing import Any

from nerdpy import errors
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument
from nerdpy.model.container_path import absolute_source, parse_target
from nerdpy.model.identifier import parse_identifier
from nerdpy.model.mount_short import PROPAGATIONS
from nerdpy.model.mounts import MountRequest
from nerdpy.model.pairs import parse_pair, parse_switch, split_record
from nerdpy.model.size import parse_ram_size
from nerdpy.model.volume_options import check_driver_options

TYPES = ("bind", "volume", "tmpfs", "image")
_ELSEWHERE = {"npipe": "Windows", "cluster": "Swarm"}
_SPELLINGS = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly"}
_SWITCHES = frozenset({"readonly", "rro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"})
"""May stand without `=true`."""
_RECURSIVE = ("enabled", "disabled", "writable", "readonly")
_CONSISTENCY = frozenset({"default", "consistent", "cached", "delegated"})
_MODE = r"0?[0-7]{1,4}"


@dataclass
class _Fields:
    """What has been read of one --mount so far."""

    kind: str = "volume"
    source: str = ""
    target: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    """Fields of MountRequest."""
    families: set[str] = field(default_factory=set)
    """`bind`, `volume`, `tmpfs`, `image`: whose own keys were given."""
    tmpfs: list[str] = field(default_factory=list)


def parse_mount(text: str, *, folder: str, home: str = "") -> MountRequest:
    """One --mount. A bind's source must exist later on: --mount never makes it."""
    if not text:
        raise InvalidArgument("the mount is empty", hint="write type=bind,source=/host/path,target=/path")
    read = _Fields()
    for item in split_record(text):
        _read(read, item)
    _check_families(read)
    _check_recursion(read)
    check_driver_options(read.values.get("volume_options", {}))
    source = _SOURCES[read.kind](read.source, folder, home)
    if not read.target:
        raise InvalidArgument("target is required", hint="add target=/path/in/container")
    if read.kind == "tmpfs" and read.values.get("read_only"):
        read.tmpfs.append("ro")
    return MountRequest(
        type=read.kind,  # type: ignore[arg-type]  # one of TYPES, which is what the Literal lists
        source=source,
        target=parse_target(read.target),
        tmpfs_options=tuple(read.tmpfs),
        **{**read.values, **({"read_only": True} if read.kind == "image" else {})},
    )


def _read(read: _Fields, item: str) -> None:
    key, equals, value = item.partition("=")
    key = _SPELLINGS.get(key.lower(), key.lower())
    if not equals and key in _SWITCHES:
        value = "true"
    elif not equals:
        raise InvalidArgument(f'invalid field "{item}": it must be a key=value pair')
    if key not in _KEYS:
        raise InvalidArgument(
            f'unexpected key "{key}" in "{item}"', hint=f"known keys are {', '.join(sorted(_KEYS))}"
        )
    family = key.partition("-")[0]
    if family in TYPES:
        read.families.add(family)
    _KEYS[key](read, value)


def _read_type(read: _Fields, value: str) -> None:
    read.kind = value.lower()
    if read.kind in _ELSEWHERE:
        raise errors.NotImplemented(f"mount type {read.kind} exists on {_ELSEWHERE[read.kind]} only")
    if read.kind not in TYPES:
        raise InvalidArgument(f'mount type "{value}" is not known', hint=f"use {', '.join(TYPES)}")


def _read_readonly(read: _Fields, value: str) -> None:
    read.values["read_only"] = parse_switch(value, "readonly")


def _read_rro(read: _Fields, value: str) -> None:
    if parse_switch(value, "rro"):
        read.values.update(read_only=True, recursive="readonly", propagation="rprivate")


def _read_propagation(read: _Fields, value: str) -> None:
    if value.lower() not in PROPAGATIONS:
        raise InvalidArgument(f'invalid propagation mode "{value}"', hint=f"use {', '.join(PROPAGATIONS)}")
    read.values["propagation"] = value.lower()


def _read_recursive(read: _Fields, value: str) -> None:
    if value not in _RECURSIVE:
        raise InvalidArgument(
            f'invalid value for bind-recursive: "{value}"', hint=f"use {', '.join(_RECURSIVE)}"
        )
    read.values["recursive"] = value
    read.values["is_nonrecursive"] = value == "disabled"


def _read_nonrecursive(read: _Fields, value: str) -> None:
    if parse_switch(value, "bind-nonrecursive"):
        _read_recursive(read, "disabled")


def _read_consistency(read: _Fields, value: str) -> None:
    """Of Docker Desktop on macOS; on Linux every mount is consistent."""
    if value.lower() not in _CONSISTENCY:
        raise InvalidArgument(f'invalid value for consistency: "{value}"')


def _read_label(read: _Fields, value: str) -> None:
    name, content = parse_pair(value, "volume label")
    read.values["volume_labels"] = {**read.values.get("volume_labels", {}), name: content}


def _read_option(read: _Fields, value: str) -> None:
    name, content = parse_pair(value, "volume-opt")
    read.values["volume_options"] = {**read.values.get("volume_options", {}), name: content}


def _read_driver(read: _Fields, value: str) -> None:
    if value not in {"", "local"}:
        raise errors.NotImplemented(
            f'error looking up volume plugin {value}: plugin "{value}" not found', hint="use local"
        )
    read.values["volume_driver"] = value


def _read_subpath(read: _Fields, value: str) -> None:
    """Links in it are followed inside the volume or image; the words themselves must not lead out."""
    if value.startswith("/") or ".." in value.split("/") or "\0" in value:
        raise InvalidArgument(f'subpath "{value}" is not a relative path', hint="write it as in folder/file")
    read.values["subpath"] = value


def _read_tmpfs_size(read: _Fields, value: str) -> None:
    size = parse_ram_size(value)
    if size:
        read.tmpfs.append(f"size={size}")


def _read_tmpfs_mode(read: _Fields, value: str) -> None:
    if not re.fullmatch(_MODE, value):
        raise InvalidArgument(
            f'invalid value for tmpfs-mode: "{value}"', hint="write it in octal, as in 1777"
        )
    read.tmpfs.append(f"mode={int(value, 8):o}")


def _kept(name: str) -> Callable[[_Fields, str], None]:
    return lambda read, value: setattr(read, name, value)


_KEYS: dict[str, Callable[[_Fields, str], None]] = {
    "type": _read_type,
    "source": _kept("source"),
    "target": _kept("target"),
    "readonly": _read_readonly,
    "rro": _read_rro,
    "consistency": _read_consistency,
    "bind-propagation": _read_propagation,
    "bind-recursive": _read_recursive,
    "bind-nonrecursive": _read_nonrecursive,
    "bind-create-src": lambda read, value: read.values.update(
        creates_source=parse_switch(value, "bind-create-src")
    ),
    "volume-nocopy": lambda read, value: read.values.update(
        copies_up=not parse_switch(value, "volume-nocopy")
    ),
    "volume-label": _read_label,
    "volume-driver": _read_driver,
    "volume-opt": _read_option,
    "volume-subpath": _read_subpath,
    "image-subpath": _read_subpath,
    "tmpfs-size": _read_tmpfs_size,
    "tmpfs-mode": _read_tmpfs_mode,
}


def _check_families(read: _Fields) -> None:
    for family in sorted(read.families - {read.kind}):
        raise InvalidArgument(f'cannot mix "{family}-*" options with mount type "{read.kind}"')


def _check_recursion(read: _Fields) -> None:
    recursive = read.values.get("recursive", "")
    if recursive in {"writable", "readonly"} and not read.values.get("read_only"):
        raise InvalidArgument(f'"bind-recursive={recursive}" requires "readonly" as well')
    if recursive == "readonly" and read.values.get("propagation") != "rprivate":
        raise InvalidArgument('"bind-recursive=readonly" requires "bind-propagation=rprivate" as well')


def _bind_source(text: str, folder: str, home: str) -> str:
    if not text:
        raise InvalidArgument("type=bind requires a source", hint="add source=/path/on/host")
    if not text.startswith(("/", ".", "~")):
        raise InvalidArgument(
            f'invalid source "{text}": a bind mount needs a path',
            hint=f'write "./{text}", or type=volume for a volume',
        )
    return absolute_source(text, folder=folder, home=home)


def _volume_source(text: str, folder: str, home: str) -> str:
    return parse_identifier(text, "volume") if text else ""


def _tmpfs_source(text: str, folder: str, home: str) -> str:
    if text:
        raise InvalidArgument(f'type=tmpfs has no source, but source="{text}" is given')
    return ""


def _image_source(text: str, folder: str, home: str) -> str:
    if not text:
        raise InvalidArgument("type=image requires a source", hint="add source=IMAGE")
    return text


_SOURCES: dict[str, Callable[[str, str, str], str]] = {
    "bind": _bind_source,
    "volume": _volume_source,
    "tmpfs": _tmpfs_source,
    "image": _image_source,
}
