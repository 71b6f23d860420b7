"""Connect one container to its networks, and take the connection down again.

`attach` runs while the task is being created, so it takes care to be quick; `detach` may be called as often
as one likes, also for what a killed process has left half made.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from nerdpy.cni.conflist import Network
from nerdpy.dataclass import dataclass, field
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.linux import netns
from nerdpy.model.idmap import IdMaps
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping
from nerdpy.network.attachment import (
    Attachment,
    ContainerNames,
    Record,
    attachment_of,
    load_attachment,
    load_record,
    locked,
    save_record,
)
from nerdpy.network.claim import claim
from nerdpy.network.link import bring_up, take_down
from nerdpy.network.names import refresh_hosts
from nerdpy.network.pin import pin_namespaces
from nerdpy.network.plan import asked_of, plan_links
from nerdpy.network.settle import settle_routes
from nerdpy.network.telling import tell_of_link

__all__ = [
    "AttachmentRequest",
    "attach",
    "detach",
    "is_attached",
    "load_attachment",
    "reattach",
    "tell_neighbours",
]


@dataclass(frozen=True, kw_only=True)
class AttachmentRequest:
    """One container's wish."""

    container_id: str
    netns_path: Path
    """Pinned by `pin_namespaces`; made here if it is not."""
    networks: tuple[Network, ...]
    """In order: eth0, eth1, ..."""
    endpoints: tuple[NetworkRequest, ...] = ()
    """What is asked of each of them, in the same order; of those beyond its end, nothing."""
    ports: tuple[PortMapping, ...] = ()
    """Resolved: every one has its host port."""
    names: ContainerNames = field(default_factory=ContainerNames)
    maps: IdMaps | None = None
    """Of the user namespace that owns the network's, where the container has one."""


def attach(engine: Engine, request: AttachmentRequest) -> Attachment:
    """Connect the container to all its networks, or to none: a failure takes down what was up already.

    Its hosts file is written, and those of its neighbours.
    """
    record = Record(
        state="attaching",
        netns=str(request.netns_path),
        links=plan_links(request),
        ports=sorted(request.ports),
        names=request.names,
    )
    path = engine.paths.attachment(request.container_id)
    with locked(engine, request.container_id) as lock:
        _detach(engine, request.container_id, lock)
        claim(engine, request.container_id, record, request.networks)
        try:
            pin_namespaces(engine, request.container_id, request.netns_path, request.maps)
            _bring_up_all(engine, request.container_id, record, lock)
        except BaseException:
            with suppress(NerdpyError, OSError):
                _detach(engine, request.container_id, lock)
            raise
        record.state = "attached"
        save_record(path, record)
    for link in record.links:
        tell_of_link(engine, request.container_id, link, "connect")
    refresh_hosts(engine, request.container_id)
    return attachment_of(request.container_id, record)


def detach(engine: Engine, container_id: str) -> None:
    """Disconnect the container from all its networks; nothing to do is fine.

    The namespace's pin goes too, unless somebody lives in it (`--network container:X`): then it is kept,
    without the interfaces, for the container's next start.
    """
    with locked(engine, container_id) as lock:
        _detach(engine, container_id, lock)
    tell_neighbours(engine, container_id)


def tell_neighbours(engine: Engine, container_id: str) -> None:
    """Let them know that the container was detached, if nobody has, for he was killed before."""
    path = engine.paths.attachment(container_id)
    record = load_record(path)
    if record is None or record.is_told:
        return
    refresh_hosts(engine, container_id)
    with locked(engine, container_id):
        record = load_record(path)
        if record is not None:
            record.is_told = True
            with suppress(OSError):  # a full disk: they are told once more
                save_record(path, record)


def reattach(engine: Engine, container_id: str) -> Attachment | None:
    """Connect it again as it was the last time, unless it still is; None: it never had a network.

    For a task that containerd's restart monitor, or a reboot, started.
    """
    record = load_record(engine.paths.attachment(container_id))
    if record is None or not record.links:
        return None
    if is_attached(engine, container_id):
        return attachment_of(container_id, record)
    from nerdpy.network.ensure import ensure

    request = AttachmentRequest(
        container_id=container_id,
        netns_path=Path(record.netns),
        networks=ensure(engine, [link.name for link in record.links]),
        endpoints=tuple(asked_of(link) for link in record.links),
        ports=tuple(record.ports),
        names=record.names,
    )
    return attach(engine, request)


def is_attached(engine: Engine, container_id: str) -> bool:
    """Are its networks up? A record from before a reboot says yes, but its namespace is gone."""
    record = load_record(engine.paths.attachment(container_id))
    return record is not None and record.state == "attached" and netns.is_pinned(Path(record.netns))


def _bring_up_all(engine: Engine, container_id: str, record: Record, lock: int) -> None:
    """Side by side; the error of the first that fails, once all others are up or have failed."""
    if len(record.links) == 1:
        bring_up(engine, container_id, record, record.links[0], lock)
        return
    with ThreadPoolExecutor(len(record.links)) as pool:
        work = [pool.submit(bring_up, engine, container_id, record, link, lock) for link in record.links]
    for one in work:
        one.result()
    settle_routes(record)


def _detach(engine: Engine, container_id: str, lock: int) -> None:
    path = engine.paths.attachment(container_id)
    record = load_record(path)
    if record is None or record.state == "detached":
        return
    pin = Path(record.netns)
    number = netns.inode(pin)
    is_joined = bool(number) and netns.is_inhabited(number)
    if not is_joined and all(link.rules is not None for link in record.links):
        netns.remove(pin)  # the kernel takes the interfaces down on its own time; a plugin would wait for it
    there = str(pin) if netns.is_pinned(pin) else ""
    _take_down_all(engine, container_id, record, there, lock)
    for link in reversed(record.links):
        link.result = None
        if record.state == "attached":
            tell_of_link(engine, container_id, link, "disconnect")
    if not is_joined:
        netns.remove(pin)
    record.state, record.is_told = "detached", False
    try:
        save_record(path, record)
    except OSError:  # a full disk: no record says the same, and takes no room
        path.unlink()


def _take_down_all(engine: Engine, container_id: str, record: Record, netns_path: str, lock: int) -> None:
    if len(record.links) == 1:
        take_down(engine, container_id, record, record.links[0], lock, netns_path)
        return
    with ThreadPoolExecutor(max(len(record.links), 1)) as pool:
        work = [
            pool.submit(take_down, engine, container_id, record, link, lock, netns_path)
            for link in reversed(record.links)
        ]
    for one in work:
        one.result()
