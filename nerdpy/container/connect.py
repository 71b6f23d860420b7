"""The network of a container that is about to start, made in a thread while its task is being created."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from socket import socket

from nerdpy import labels
from nerdpy.cni.conflist import Network
from nerdpy.container.endpoints import requests_of
from nerdpy.container.extra_hosts import resolve_extra_hosts
from nerdpy.container.ports import acquire_ports
from nerdpy.container.remap import maps_of
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Engine, Warned
from nerdpy.errors import InvalidArgument, NerdpyError, NotFound, UsageError
from nerdpy.linux import netns
from nerdpy.model.idmap import IdMaps
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping
from nerdpy.model.records import ContainerRecord
from nerdpy.network.attach import AttachmentRequest, attach, detach
from nerdpy.network.attachment import Attachment, ContainerNames
from nerdpy.network.check import check_request
from nerdpy.network.ensure import ensure
from nerdpy.network.pin import pin_namespaces
from nerdpy.network.ports import PortLease


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one container wants of the network, from its request or from its labels."""

    container_id: str
    requests: tuple[NetworkRequest, ...]
    """As asked for: of networks, or of `host`, `none`, `container:ID`, `ns:PATH`."""
    names: ContainerNames
    found: tuple[Network, ...] = ()
    """The networks that bear the names, in the same order; empty for every other kind."""
    maps: IdMaps | None = None
    """Of its user namespace, which then owns the network namespace."""

    @property
    def is_cni(self) -> bool:
        return bool(self.found)

    @property
    def has_own_netns(self) -> bool:
        """Is there a namespace to be made and pinned?"""
        return self.is_cni or self.requests[0].name == "none"


@dataclass
class Connection:
    """A network being made; `join` waits for it. Ports stay bound by `lease` until the monitor has them."""

    engine: Engine
    wish: Wish
    lease: PortLease | None
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _making: Future[Attachment | None] | None = None

    @property
    def ports(self) -> Sequence[PortMapping]:
        return self.lease.mappings if self.lease else ()

    @property
    def sockets(self) -> Sequence[socket]:
        return self.lease.sockets if self.lease else ()

    def begin(self) -> "Connection":
        """Start making it. The namespace itself is there at once: the task joins it by its path."""
        if self.wish.has_own_netns:
            pin = self.engine.paths.netns(self.wish.container_id)
            pin_namespaces(self.engine, self.wish.container_id, pin, self.wish.maps)
        self._making = self._pool.submit(self._make)
        return self

    def join(self) -> Attachment | None:
        """Wait until it is up; the error of what failed."""
        return self._making.result() if self._making else None

    def close(self) -> None:
        """Give the ports back here (the monitor holds its own copies), and end the thread."""
        if self.lease:
            self.lease.close()
        self._pool.shutdown(wait=False)

    def undo(self) -> None:
        """Wait for it, and take it down again."""
        if self._making:
            with suppress(NerdpyError):
                self._making.result()
        self.close()
        detach(self.engine, self.wish.container_id)
        if self.wish.has_own_netns:
            netns.remove(self.engine.paths.netns(self.wish.container_id))

    def _make(self) -> Attachment | None:
        if not self.wish.is_cni:
            return None
        return attach(
            self.engine,
            AttachmentRequest(
                container_id=self.wish.container_id,
                netns_path=self.engine.paths.netns(self.wish.container_id),
                networks=self.wish.found,
                endpoints=self.wish.requests,
                ports=tuple(self.ports),
                names=self.wish.names,
                maps=self.wish.maps,
            ),
        )


def find_networks(engine: Engine, requests: Sequence[NetworkRequest]) -> tuple[Network, ...]:
    """The networks asked for; NotFound when one is gone, and an error where one can't give what is asked.
    Nothing for the host's, none and joined ones."""
    first = requests[0].name
    if first.startswith("ns:"):
        _check_namespace(Path(first.removeprefix("ns:")))
    if first in {"host", "none"} or first.startswith(("container:", "ns:")):
        return ()
    found = ensure(engine, [request.name for request in requests])
    if len(found) < len(requests):
        raise UsageError("one network is specified multiple times, by its name and its id")
    for network, request in zip(found, requests, strict=True):
        check_request(network, request)
    return found


def by_own_names(
    requests: tuple[NetworkRequest, ...], found: Sequence[Network]
) -> tuple[NetworkRequest, ...]:
    """The same requests, each under its network's own name: an id or a part of one is not kept, for who asks
    later which containers use a network looks for the name."""
    if not found:
        return requests
    pairs = zip(requests, found, strict=True)
    return tuple(
        replace(request, name=network.name) if request.is_user_defined else request
        for request, network in pairs
    )


def _check_namespace(path: Path) -> None:
    """The runtime's own complaint of a wrong path names neither path nor reason."""
    from nerdpy.linux.inside_netns import is_netns

    try:
        is_one = is_netns(path)
    except FileNotFoundError as error:
        raise NotFound(
            f'network namespace "{path}" does not exist', hint="`ip netns add NAME` makes /run/netns/NAME"
        ) from error
    except OSError as error:
        raise InvalidArgument(f'network namespace "{path}" cannot be opened: {error.strerror}') from error
    if not is_one:
        raise InvalidArgument(f'"{path}" is not a network namespace')


def take_ports(engine: Engine, wish: Wish, requested: tuple[PortMapping, ...]) -> PortLease | None:
    """Bind the host's ports; a network that can't publish any says so."""
    if not requested or not wish.is_cni:
        return None
    able = [
        (network, asked)
        for network, asked in zip(wish.found, wish.requests, strict=True)
        if any(plugin.get("type") == "portmap" for plugin in network.plugins)
    ]
    if not able:
        name = wish.found[0].name
        engine.notify(Warned(f'network "{name}" publishes no ports: use the container\'s own address there'))
        return None
    publisher, _ = max(able, key=lambda pair: pair[1].priority)
    return acquire_ports(engine, requested, publisher)


def wish_of(engine: Engine, record: ContainerRecord) -> Wish:
    """What the container wants, from its labels: the same at every start."""
    requests = requests_of(record) or (NetworkRequest(name="none"),)
    return Wish(
        container_id=record.id,
        requests=requests,
        found=find_networks(engine, requests),
        names=names_of(engine, record),
        maps=maps_of(record),
    )


def names_of(engine: Engine, record: ContainerRecord) -> ContainerNames:
    """What the container is called, from its labels."""
    requests = requests_of(record)
    return ContainerNames(
        name=record.labels.get(labels.NAME, ""),
        hostname=record.labels.get(labels.HOSTNAME, ""),
        domainname=record.labels.get(labels.DOMAINNAME, ""),
        aliases=requests[0].aliases if requests else (),
        extra_hosts=_extra_hosts(engine, record),
    )


def _extra_hosts(engine: Engine, record: ContainerRecord) -> tuple[tuple[str, str], ...]:
    import json

    pairs = [text.partition(":") for text in json.loads(record.labels.get(labels.EXTRA_HOSTS, "[]"))]
    return resolve_extra_hosts(engine.config, [(host, address) for host, _, address in pairs])


def requested_ports(record: ContainerRecord) -> tuple[PortMapping, ...]:
    """The published ports as asked for; -P's are in it already."""
    return tuple(PortMapping(**entry) for entry in labels.unpacked(labels.PORTS, record.labels, []))
