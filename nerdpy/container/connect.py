"""The network of a container that is about to start, made in a thread while its task is being created."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from socket import socket

from nerdpy import labels
from nerdpy.container.extra_hosts import resolve_extra_hosts
from nerdpy.container.join import networks_of
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.linux import netns
from nerdpy.model.ports import PortMapping
from nerdpy.model.records import ContainerRecord
from nerdpy.network.attach import AttachmentRequest, attach, detach
from nerdpy.network.attachment import Attachment, ContainerNames
from nerdpy.network.ensure import ensure
from nerdpy.network.names import refresh_hosts
from nerdpy.network.ports import PortLease


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one container wants of the network, from its request or from its labels."""

    container_id: str
    networks: tuple[str, ...]
    names: ContainerNames
    ip: str = ""
    ip6: str = ""
    mac_address: str = ""

    @property
    def is_cni(self) -> bool:
        return not self.networks[0].startswith(("container:", "ns:")) and self.networks[0] not in {
            "host",
            "none",
        }


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
        """Start making it."""
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

    def _make(self) -> Attachment | None:
        path = self.engine.paths.netns(self.wish.container_id)
        if self.wish.networks[0] == "none":
            netns.create(path)
            return None
        if not self.wish.is_cni:
            return None
        attachment = attach(
            self.engine,
            AttachmentRequest(
                container_id=self.wish.container_id,
                netns_path=path,
                networks=ensure(self.engine, self.wish.networks),
                ports=tuple(self.ports),
                ip=self.wish.ip,
                ip6=self.wish.ip6,
                mac_address=self.wish.mac_address,
                names=self.wish.names,
            ),
        )
        refresh_hosts(self.engine, self.wish.container_id)
        return attachment


def wish_of(engine: Engine, record: ContainerRecord) -> Wish:
    """What the container wants, from its labels: the same at every start."""
    return Wish(
        container_id=record.id,
        networks=tuple(networks_of(record)) or ("none",),
        names=ContainerNames(
            name=record.labels.get(labels.NAME, ""),
            hostname=record.labels.get(labels.HOSTNAME, ""),
            domainname=record.labels.get(labels.DOMAINNAME, ""),
            aliases=tuple(labels.unpacked(labels.ALIASES, record.labels, [])),
            extra_hosts=_extra_hosts(engine, record),
        ),
        ip=record.labels.get(labels.IP, ""),
        ip6=record.labels.get(labels.IP6, ""),
        mac_address=record.labels.get(labels.MAC_ADDRESS, ""),
    )


def _extra_hosts(engine: Engine, record: ContainerRecord) -> tuple[tuple[str, str], ...]:
    import json

    pairs = [text.partition(":") for text in json.loads(record.labels.get(labels.EXTRA_HOSTS, "[]"))]
    return resolve_extra_hosts(engine.config, [(host, address) for host, _, address in pairs])


def requested_ports(record: ContainerRecord) -> tuple[PortMapping, ...]:
    """The published ports as asked for; -P's are in it already."""
    return tuple(PortMapping(**entry) for entry in labels.unpacked(labels.PORTS, record.labels, []))
