"""Connect a container to one more network, running or not, for as long as it exists."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta

from nerdpy import labels
from nerdpy.cni.conflist import Network
from nerdpy.container.connect import names_of, requested_ports
from nerdpy.container.endpoints import label_changes, requests_of
from nerdpy.container.find import find, shown_as
from nerdpy.container.look import Look, look_at
from nerdpy.container.ports import acquire_ports
from nerdpy.dataclass import replace
from nerdpy.dockercompat.ports import mapping_to_json
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, FailedPrecondition, InvalidArgument, NerdpyError
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.records import ContainerRecord
from nerdpy.network.attach import load_attachment
from nerdpy.network.check import check_request
from nerdpy.network.connect import Connecting, connect
from nerdpy.network.disconnect import disconnect
from nerdpy.network.find import DEFAULT_NAME
from nerdpy.network.ports import PortLease

CONNECT = "connect"
"""The operation of its intent."""
PATIENCE = timedelta(seconds=5)
"""How long a container that is being restarted is waited for."""
PAUSE = timedelta(milliseconds=100)


def join_network(engine: Engine, network: Network, container: str, asked: NetworkRequest) -> None:
    """Remember it in the container's labels and, where the container runs, give it the interface at once.

    Errors: NotFound, Conflict when it is connected already, InvalidArgument for what the network can't give.
    """
    record = find(engine, container)
    with settled(engine, record.id) as look:
        record = look.record
        requests = requests_of(record)
        refuse_unless_ours(engine, look)
        refuse_mode(requests, shown_as(record))
        _refuse_connected(network, requests, shown_as(record))
        asked = replace(asked, name=network.name)
        _check(network, asked)
        changes = label_changes(record.labels, [*requests, asked])
        intent = engine.store.intents.begin(CONNECT, record.id, network=network.name)
        try:
            with ExitStack() as undo:
                if look.state.is_running:
                    _connect(engine, record, network, asked, undo)
                engine.containerd.containers.update(record.id, labels=changes)
                undo.pop_all()
        except NerdpyError:
            intent.done()
            raise
        intent.done()


@contextmanager
def settled(engine: Engine, container_id: str) -> Iterator[Look]:
    """The container's lock, and what it is like. One that is just being restarted gets its networks from
    the labels as they were, so it is waited for, without the lock, which its restart may need."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while True:
        with engine.store.locks.container(container_id):
            look = look_at(engine, find(engine, container_id))
            is_moving = look.is_being_restarted or look.state.status == "unknown"
            if not is_moving or time.monotonic() > deadline:
                yield look
                return
        time.sleep(PAUSE.total_seconds())


def refuse_unless_ours(engine: Engine, look: Look) -> None:
    """Others' containers have no record of what they are connected to."""
    record = look.record
    if look.state.status == "unknown":
        raise FailedPrecondition(
            f"the shim of container {shown_as(record)} does not answer",
            hint=f"look with `nerdpy ps -a`, or end it with `nerdpy rm -f {shown_as(record)}`",
        )
    if not engine.paths.container(record.id).is_dir() or labels.OPTIONS + ".0" not in record.labels:
        raise FailedPrecondition(
            f"container {shown_as(record)} was not made by nerdpy: its networks cannot be changed",
            hint="name its networks when it is made, with what makes it",
        )


def refuse_mode(requests: tuple[NetworkRequest, ...], shown: str) -> None:
    """docker's words for containers whose network namespace is not one of ours to change."""
    first = requests[0].name if requests else ""
    hint = f"make container {shown} anew, with --network NETWORK"
    if first == "none":
        raise Conflict(
            "container cannot be connected to multiple networks with one of the networks in private (none) "
            "mode",
            hint=hint,
        )
    if first == "host" or first.startswith(("container:", "ns:")):
        raise Conflict(
            "container sharing network namespace with another container or host cannot be connected to any "
            "other network",
            hint=hint,
        )


def is_of(network: Network, request: NetworkRequest) -> bool:
    """Does the request name this network, by its name, its id or the beginning of it?"""
    if request.name == network.name or (request.name == DEFAULT_NAME and network.is_default):
        return True
    return bool(network.id) and len(request.name) >= 3 and network.id.startswith(request.name)


def remember_ports(engine: Engine, container_id: str) -> None:
    """Write down for `ps` and `port` where the ports lead now: nowhere without a network that publishes."""
    lifecycle = engine.store.containers.load_lifecycle(container_id)
    ports = [mapping_to_json(mapping) for mapping in load_attachment(engine, container_id).ports]
    if lifecycle and lifecycle.get("ports", []) != ports:
        engine.store.containers.save_lifecycle(container_id, lifecycle | {"ports": ports})


def _refuse_connected(network: Network, requests: tuple[NetworkRequest, ...], shown: str) -> None:
    if any(is_of(network, request) for request in requests):
        raise Conflict(
            f"endpoint with name {shown} already exists in network {network.name}",
            hint=f"disconnect it first: `nerdpy network disconnect {network.name} {shown}`",
        )


def _check(network: Network, asked: NetworkRequest) -> None:
    if network.name == DEFAULT_NAME or network.is_default:
        what = "user specified IP address is" if asked.ip or asked.ip6 else ""
        if what or asked.aliases:
            raise InvalidArgument(
                f"{what or 'network-scoped aliases are'} supported on user defined networks only",
                hint="make a network with `nerdpy network create`",
            )
    check_request(network, asked)


def _connect(
    engine: Engine, record: ContainerRecord, network: Network, asked: NetworkRequest, undo: ExitStack
) -> None:
    lease = _missing_ports(engine, record, network)
    if lease is not None:
        undo.callback(lease.close)
        undo.callback(release_ports, engine, record.id)
        _hand_over(engine, record.id, lease)
    wish = Connecting(
        container_id=record.id,
        network=network,
        asked=asked,
        names=names_of(engine, record),
        ports=lease.mappings if lease else (),
    )
    connect(engine, wish)
    undo.callback(remember_ports, engine, record.id)
    undo.callback(disconnect, engine, record.id, network.name)
    if lease is not None:
        lease.close()
    remember_ports(engine, record.id)


def _missing_ports(engine: Engine, record: ContainerRecord, network: Network) -> PortLease | None:
    """The ports that nobody has published so far, bound, if this network can."""
    wanted = requested_ports(record)
    if not wanted or load_attachment(engine, record.id).ports:
        return None
    if not any(plugin.get("type") == "portmap" for plugin in network.plugins):
        return None
    return acquire_ports(engine, wanted, network)


def _hand_over(engine: Engine, container_id: str, lease: PortLease) -> None:
    from nerdpy.stdio.monitor import MonitorConnection

    monitor = MonitorConnection.connect(engine.paths.attach_socket(container_id), streams=())
    try:
        monitor.hold_ports(lease.sockets)
    finally:
        monitor.close()


def release_ports(engine: Engine, container_id: str) -> None:
    """Let the monitor give the ports back; one that is gone holds none."""
    from nerdpy.stdio.monitor import MonitorConnection

    with suppress(NerdpyError, OSError):
        monitor = MonitorConnection.connect(engine.paths.attach_socket(container_id), streams=())
        try:
            monitor.release_ports()
        finally:
            monitor.close()
