"""Pure: what a CDI device changes in a container: variables, device nodes, mounts, hooks, groups, links."""

from collections.abc import Iterable
from typing import Any, Protocol

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument

HOOKS = ("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop")
_EDITS = ("env", "deviceNodes", "netDevices", "mounts", "hooks", "intelRdt", "additionalGids")
_NODE = ("path", "hostPath", "type", "major", "minor", "fileMode", "permissions", "uid", "gid")
_RDT = (
    "closID", "l3CacheSchema", "memBwSchema", "schemata", "enableMonitoring", "enableCMT", "enableMBM",
)  # fmt: skip


class Named(Protocol):
    """What stands at one place in the container."""

    @property
    def path(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Node:
    """A device node; what is not said is the host's."""

    path: str
    host_path: str = ""
    type: str = ""
    major: int | None = None
    minor: int | None = None
    file_mode: int | None = None
    permissions: str = "rwm"
    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True, kw_only=True)
class EditedMount:
    """A mount, with the options of mount(8)."""

    path: str
    source: str
    type: str = "bind"
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A program of the host that the runtime runs at one moment of the container's life."""

    moment: str
    path: str
    arguments: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    timeout: int | None = None


@dataclass(frozen=True, kw_only=True)
class Link:
    """A network interface of the host that moves into the container; `path` is its name there."""

    path: str
    host_name: str


@dataclass(frozen=True, kw_only=True)
class Edits:
    """All of it."""

    environment: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    mounts: tuple[EditedMount, ...] = ()
    hooks: tuple[Hook, ...] = ()
    groups: tuple[int, ...] = ()
    rdt: dict[str, Any] = field(default_factory=dict)
    """`linux.intelRdt` of the runtime spec."""
    links: tuple[Link, ...] = ()

    @property
    def version(self) -> str:
        """The first version of the interface that could say this."""
        if self.links or {"schemata", "enableMonitoring"} & set(self.rdt):
            return "1.1.0"
        if self.rdt or self.groups:
            return "0.7.0"
        if any(node.host_path for node in self.nodes):
            return "0.5.0"
        return "0.4.0" if any(mount.type != "bind" for mount in self.mounts) else "0.1.0"


def read_fields(value: Any, known: Iterable[str], what: str) -> dict[str, Any]:
    """A map with these keys only."""
    if not isinstance(value, dict):
        raise InvalidArgument(f"{what} is not a map")
    if strange := [str(key) for key in value if key not in known]:
        raise InvalidArgument(f'{what} has an unknown key "{strange[0]}"')
    return value


def read_edits(value: Any, what: str) -> Edits:
    """One `containerEdits`."""
    read = read_fields(value, _EDITS, what)
    rdt = read_fields(read.get("intelRdt") or {}, _RDT, "intelRdt")
    return Edits(
        environment=tuple(_variable(one) for one in _list(read, "env")),
        nodes=tuple(_node(one) for one in _list(read, "deviceNodes")),
        mounts=tuple(_mount(one) for one in _list(read, "mounts")),
        hooks=tuple(_hook(one) for one in _list(read, "hooks")),
        groups=tuple(gid for one in _list(read, "additionalGids") if (gid := _number(one, "additionalGids"))),
        rdt=dict(rdt),
        links=tuple(_link(one) for one in _list(read, "netDevices")),
    )


def _list(read: dict[str, Any], key: str) -> list[Any]:
    value = read.get(key)
    if value is not None and not isinstance(value, list):
        raise InvalidArgument(f"{key} is not a list")
    return value or []


def _variable(value: object) -> str:
    if not isinstance(value, str) or not value.partition("=")[1] or value.startswith("="):
        raise InvalidArgument(f'env "{value}" is not NAME=VALUE')
    return value


def _node(value: object) -> Node:
    read = read_fields(value, _NODE, "a device node")
    kind, permissions = _text(read, "type"), _text(read, "permissions") or "rwm"
    if kind not in {"", "b", "c", "u", "p"}:
        raise InvalidArgument(f'device type "{kind}" is none of b, c, u, p')
    if not set(permissions) <= set("rwm"):
        raise InvalidArgument(f'device permissions "{permissions}" hold more than rwm')
    numbers = {
        name: None if read.get(key) is None else _number(read[key], key)
        for name, key in (
            ("major", "major"),
            ("minor", "minor"),
            ("file_mode", "fileMode"),
            ("uid", "uid"),
            ("gid", "gid"),
        )
    }
    return Node(
        path=_path(read, "path"),
        host_path=_text(read, "hostPath"),
        type=kind,
        permissions=permissions,
        **numbers,
    )


def _mount(value: object) -> EditedMount:
    read = read_fields(value, ("hostPath", "containerPath", "options", "type"), "a mount")
    source = _text(read, "hostPath")
    if not source:
        raise InvalidArgument("a mount has no hostPath")
    return EditedMount(
        path=_path(read, "containerPath"),
        source=source,
        type=_text(read, "type") or "bind",
        options=tuple(str(one) for one in _list(read, "options")),
    )


def _hook(value: object) -> Hook:
    read = read_fields(value, ("hookName", "path", "args", "env", "timeout"), "a hook")
    moment = _text(read, "hookName")
    if moment not in HOOKS:
        raise InvalidArgument(f'hookName "{moment}" is none of {", ".join(HOOKS)}')
    return Hook(
        moment=moment,
        path=_path(read, "path"),
        arguments=tuple(str(one) for one in _list(read, "args")),
        environment=tuple(_variable(one) for one in _list(read, "env")),
        timeout=None if read.get("timeout") is None else _number(read["timeout"], "timeout"),
    )


def _link(value: object) -> Link:
    read = read_fields(value, ("hostInterfaceName", "name"), "a network device")
    host, name = _text(read, "hostInterfaceName"), _text(read, "name")
    if not host or not name:
        raise InvalidArgument("a network device has no hostInterfaceName or no name")
    return Link(path=name, host_name=host)


def _path(read: dict[str, Any], key: str) -> str:
    path = _text(read, key)
    if not path.startswith("/"):
        raise InvalidArgument(f'{key} "{path}" is not an absolute path')
    return path


def _text(read: dict[str, Any], key: str) -> str:
    value = read.get(key)
    if value is not None and not isinstance(value, str):
        raise InvalidArgument(f'{key} "{value}" is not text')
    return value or ""


def _number(value: object, key: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidArgument(f'{key} "{value}" is not a whole number')
    return value
