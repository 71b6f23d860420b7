"""The record of what a container is connected to: `network.json` in its folder.

It is written before the first plugin runs, and holds the very configurations that they are given, so that a
later process can take down what a killed one has put up, even when the network's file is gone by then.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from nerdpy.cni.result import Result, result_of
from nerdpy.dataclass import asdict, dataclass, field, replace
from nerdpy.engine import Engine
from nerdpy.linux.whole_file import write_whole
from nerdpy.model.ports import PortMapping
from nerdpy.network.route_fields import families

State = Literal["detached", "attaching", "attached"]


@dataclass(frozen=True, kw_only=True)
class ContainerNames:
    """What the container's neighbours and its own hosts file call it."""

    name: str = ""
    hostname: str = ""
    domainname: str = ""
    aliases: tuple[str, ...] = ()
    extra_hosts: tuple[tuple[str, str], ...] = ()
    """(host, address): --add-host, `host-gateway` resolved already."""


@dataclass(frozen=True, kw_only=True)
class NetworkAttachment:
    """One network of the container, as `inspect` shows it; empty addresses: not attached now."""

    name: str
    network_id: str = ""
    interface: str = ""
    address: str = ""
    prefix_length: int = 0
    gateway: str = ""
    address6: str = ""
    prefix_length6: int = 0
    gateway6: str = ""
    mac_address: str = ""
    aliases: tuple[str, ...] = ()
    """Further names of the container on this network."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """All of them."""

    container_id: str
    state: State = "detached"
    networks: tuple[NetworkAttachment, ...] = ()
    ports: tuple[PortMapping, ...] = ()
    names: ContainerNames = field(default_factory=ContainerNames)
    nameservers: tuple[str, ...] = ()
    """What the plugins (dhcp) said about DNS."""
    search: tuple[str, ...] = ()

    @property
    def is_attached(self) -> bool:
        """Are all networks up? (After a reboot the record may still say so: see `attach.is_attached`.)"""
        return self.state == "attached"


@dataclass(kw_only=True)
class Link:
    """One network of the record: what was, or is to be, given to its plugins."""

    name: str
    network_id: str
    interface: str
    plugins: list[dict[str, Any]]
    """Complete configurations in the order of ADD."""
    arguments: dict[str, str]
    is_default: bool = False
    """Of the network that `bridge` means: its containers don't learn each other's names, as with docker."""
    publishes: bool = False
    """Do the container's published ports lead here?"""
    can_publish: bool = False
    """Could they?"""
    aliases: list[str] = field(default_factory=list)
    """Further names of the container on this network."""
    ip: str = ""
    ip6: str = ""
    mac_address: str = ""
    """What was asked for; `answer` says what was given."""
    link_local_ips: list[str] = field(default_factory=list)
    driver_options: dict[str, str] = field(default_factory=dict)
    """By docker's keys, see `model/endpoint_option.py`."""
    priority: int = 0
    """The highest gives the default route; of equals the first."""
    families: list[int] = field(default_factory=list)
    """4 and 6: those in which the network leads out, so that it may give the default route."""
    result: dict[str, Any] | None = None
    rules: dict[str, Any] | None = None
    """What nerdpy's own rules stand in for (see `rules.py`); None: every plugin of the chain is run."""

    @property
    def answer(self) -> Result:
        """What the plugins said; empty before they did."""
        return result_of(self.result or {}, self.interface)


@dataclass(kw_only=True)
class Record:
    """The file's content."""

    state: State
    netns: str
    links: list[Link]
    ports: list[PortMapping]
    names: ContainerNames
    is_told: bool = True
    """Of a container that was detached: do its neighbours and the name server know?"""


def load_record(path: Path) -> Record | None:
    """The record at this path; None when there is none, or none that can be read."""
    try:
        content = json.loads(path.read_bytes())
        names = content["names"]
        names["aliases"] = tuple(names["aliases"])
        names["extra_hosts"] = tuple((host, address) for host, address in names["extra_hosts"])
        content["names"] = ContainerNames(**names)
        content["links"] = [Link(**one) for one in _up_to_date(content)]
        content["ports"] = [PortMapping(**one) for one in content["ports"]]
        return Record(**content)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _up_to_date(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The links; in older records the first one's wishes stand outside of it."""
    links: list[dict[str, Any]] = content["links"]
    for key in ("ip", "ip6", "mac_address"):
        asked = content.pop(key, "")
        if asked and links:
            links[0].setdefault(key, asked)
    for number, link in enumerate(links):
        if "families" not in link:
            own = {"aliases": list(content["names"].aliases)} if number == 0 else {}
            link |= {"families": families(link["plugins"]), "can_publish": link.get("publishes", False)} | own
    return links


def save_record(path: Path, record: Record) -> None:
    """Write the record, so that a reader sees the old one or the new one."""
    write_whole(path, json.dumps(asdict(record)), makes_parents=False)


@contextmanager
def locked(engine: Engine, container_id: str) -> Iterator[int]:
    """Hold the container's attachment, by a lock on its folder that leaves nothing behind; -1: no folder.

    Plugins share the descriptor: after a kill the lock lasts until the last of them is done.
    """
    import fcntl

    try:
        descriptor = os.open(
            engine.paths.container(container_id), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        )
    except FileNotFoundError:
        yield -1
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def load_attachment(engine: Engine, container_id: str) -> Attachment:
    """What the container is connected to; one without networks when nothing is known."""
    record = load_record(engine.paths.attachment(container_id))
    return attachment_of(container_id, record) if record else Attachment(container_id=container_id)


def attachment_of(container_id: str, record: Record) -> Attachment:
    """The record's public face."""
    answers = [link.answer for link in record.links]
    return Attachment(
        container_id=container_id,
        state=record.state,
        networks=tuple(_network_of(link) for link in record.links),
        ports=tuple(record.ports),
        names=record.names,
        nameservers=tuple(one for answer in answers for one in answer.nameservers),
        search=tuple(one for answer in answers for one in answer.search),
    )


def _network_of(link: Link) -> NetworkAttachment:
    answer = link.answer
    found = NetworkAttachment(
        name=link.name,
        network_id=link.network_id,
        interface=link.interface,
        mac_address=answer.mac_address,
        aliases=tuple(link.aliases),
    )
    for one in reversed(answer.addresses):
        if one.is_ipv6:
            found = replace(
                found, address6=one.address, prefix_length6=one.prefix_length, gateway6=one.gateway
            )
        else:
            found = replace(found, address=one.address, prefix_length=one.prefix_length, gateway=one.gateway)
    return found
