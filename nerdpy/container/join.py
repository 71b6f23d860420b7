"""Namespaces of other containers: `container:X` for network, pid and ipc.

The full id of X is remembered, and the path is looked up again at each start: X may have another process by
then. Its
network namespace is pinned, so that one outlives X's restarts.
"""

from typing import TYPE_CHECKING, Any

from nerdpy import labels
from nerdpy.container.endpoints import networks_of
from nerdpy.container.find import find, shown_as
from nerdpy.container.look import look_at, refuse_unless_running
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, InvalidArgument
from nerdpy.model.records import ContainerRecord

if TYPE_CHECKING:
    from nerdpy.model.options import CreateOptions

PREFIX = "container:"


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The containers whose namespaces are shared; None where the container has its own or the host's."""

    network: ContainerRecord | None = None
    pid: ContainerRecord | None = None
    ipc: ContainerRecord | None = None


def find_joined(engine: Engine, options: "CreateOptions") -> Joined:
    """The targets of every `container:X` in the request; NotFound where one does not exist."""
    networks = options.network.networks
    return Joined(
        network=_target(engine, networks[0]) if networks else None,
        pid=_target(engine, options.security.pid),
        ipc=_shareable(_target(engine, options.security.ipc)),
    )


def joined_of(engine: Engine, record: ContainerRecord) -> Joined:
    """The same of a container that exists, from its labels."""
    networks = networks_of(record)
    ipc = ipc_of(record).get("victimContainerId", "")
    pid = record.labels.get(labels.PID_CONTAINER, "")
    return Joined(
        network=_target(engine, networks[0]) if networks else None,
        pid=find(engine, pid) if pid else None,
        ipc=find(engine, ipc) if ipc else None,
    )


def ipc_of(record: ContainerRecord) -> dict[str, Any]:
    """The IPC mode, from the label."""
    import json

    try:
        value = json.loads(record.labels.get(labels.IPC, "{}"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def namespace_paths(engine: Engine, joined: Joined) -> dict[str, str]:
    """OCI namespace type -> path, for those that are joined; FailedPrecondition when a target does not
    run."""
    paths: dict[str, str] = {}
    if joined.network is not None:
        paths["network"] = _network_path(engine, joined.network)
    if joined.pid is not None:
        paths["pid"] = f"/proc/{_pid(engine, joined.pid)}/ns/pid"
    if joined.ipc is not None:
        paths["ipc"] = f"/proc/{_pid(engine, joined.ipc)}/ns/ipc"
    return paths


def with_paths(spec: dict[str, Any], paths: dict[str, str]) -> dict[str, Any]:
    """The spec with the joined namespaces' paths renewed; the same object when nothing changes."""
    namespaces = spec.get("linux", {}).get("namespaces", [])
    renewed = [
        {**entry, "path": paths[entry["type"]]} if entry.get("type") in paths else entry
        for entry in namespaces
    ]
    if renewed == namespaces:
        return spec
    return {**spec, "linux": {**spec["linux"], "namespaces": renewed}}


def _target(engine: Engine, text: str) -> ContainerRecord | None:
    return find(engine, text.removeprefix(PREFIX)) if text.startswith(PREFIX) else None


def _shareable(record: ContainerRecord | None) -> ContainerRecord | None:
    if record is None or ipc_of(record).get("mode") in {"shareable", "host"}:
        return record
    shown = shown_as(record)
    raise InvalidArgument(
        f'cannot join the IPC namespace of container "{shown}": it is not shareable',
        hint=f"create that container with --ipc shareable: {shown}",
    )


def _network_path(engine: Engine, record: ContainerRecord) -> str:
    if record.labels.get(labels.NETWORKS) == '["host"]':
        return (
            "/proc/1/ns/net" if _pid_or_zero(engine, record) == 0 else f"/proc/{_pid(engine, record)}/ns/net"
        )
    pinned = engine.paths.netns(record.id)
    if pinned.exists():
        return str(pinned)
    return f"/proc/{_pid(engine, record)}/ns/net"


def _pid(engine: Engine, record: ContainerRecord) -> int:
    look = look_at(engine, record)
    refuse_unless_running(look, shown_as(record))
    return look.state.pid


def _pid_or_zero(engine: Engine, record: ContainerRecord) -> int:
    return look_at(engine, record).state.pid


def refuse_conflicts(options: "CreateOptions") -> None:
    """What docker refuses beside `--network container:X`: the other container's settings hold."""
    network = options.network
    if network.mode != "container":
        return
    given = {
        "--hostname": options.identity.hostname,
        "--publish": network.ports or network.publish_all,
        "--expose": network.expose,
        "--dns": network.dns,
        "--dns-search": network.dns_search,
        "--dns-option": network.dns_options,
        "--add-host": network.extra_hosts,
        "--mac-address": network.first.mac_address,
        "--ip": network.first.ip or network.first.ip6,
        "--link-local-ip": network.first.link_local_ips,
    }
    for flag, value in given.items():
        if value:
            raise Conflict(
                f"conflicting options: {flag} and the network of another container",
                hint="give the option to the container whose network is shared",
            )
