"""Which networks the name server serves, and what it knows of each: changed with every attachment.

A network gets its zone when the first container is attached to it, if its bridge has an address here on which
port 53 is free, and if that container reaches it; the zone goes with the last one. On every other network the
hosts files say who is who.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Engine, Warned
from nerdpy.linux import netns
from nerdpy.network.ask import can_listen, can_listen_soon, knows
from nerdpy.network.attachment import Link, NetworkAttachment, Record, attachment_of
from nerdpy.network.hosts import names_on
from nerdpy.network.name_server import NameServer, find_program
from nerdpy.network.resolvconf import Asked, is_plain
from nerdpy.network.resolver import follow, forwarders_of, servers_of
from nerdpy.network.tending import alone, is_tending_due
from nerdpy.network.zone import (
    NOWHERE,
    Member,
    Zone,
    file_name,
    network_of,
    parse_zone,
    resolvable,
    usable_servers,
)

AUTO, AARDVARK, HOSTS = "auto", "aardvark-dns", "hosts"
"""Values of `dns_server` in nerdpy.toml."""
_NEVER_ANSWERED = timedelta(seconds=1)
_IPV6_PATIENCE = timedelta(seconds=3)
_LONGEST_NAME = 200
"""Of a file; longer names of namespace and network together are served by hosts files."""

Everybody = Callable[[], Iterable[tuple[str, Record]]]
"""Id and record of every container in the namespace."""


def kind_of_service(engine: Engine) -> str:
    """Who tells containers each other's addresses on this machine: `aardvark-dns` or `hosts`."""
    return AARDVARK if engine.config.dns_server != HOSTS and find_program() else HOSTS


@dataclass
class Zones:
    """The zones of one containerd namespace, under the lock."""

    engine: Engine
    server: NameServer
    _files: dict[str, tuple[str, Zone]] = field(default_factory=dict)
    """By network: the file's name, and what it holds."""
    _fresh: Zone | None = None
    """One that was just written: who knows its mark has read them all."""

    def load(self) -> "Zones":
        """Read them."""
        for path in self.server.files():
            network = network_of(path.name, self.engine.config.namespace)
            zone = parse_zone(path.read_text()) if network else None
            if zone is not None:
                self._files[network] = path.name, zone
        return self

    @property
    def by_network(self) -> Mapping[str, Zone]:
        """What is served."""
        return {network: zone for network, (_, zone) in self._files.items()}

    def refresh(self, container_id: str, record: Record, everybody: Everybody) -> None:
        """Bring up to date what the server knows of this container, and the container's resolv.conf."""
        links = {link.name: link for link in record.links if record.state == "attached" and _is_named(link)}
        opened = [
            link for link in links.values() if link.name not in self._files and self._open(link, record)
        ]
        if record.state == "attached":  # to none of them, perhaps: then it asks the host's servers again
            self._write_resolv_conf(container_id, record, links)
        changed = False
        for link in opened:
            self._gather(link, container_id, everybody)
        for network, (name, zone) in list(self._files.items()):
            after = zone.without(container_id)
            if network in links:
                after = self._with(zone, container_id, links[network], record)
            if after != zone or links.get(network) in opened:
                changed = True
                self._replace(network, name, after)
        if changed or is_tending_due(self.engine):
            self._publish(container_id, record, opened)

    def _with(self, zone: Zone, container_id: str, link: Link, record: Record) -> Zone:
        member = self._member(container_id, link, record, zone.listeners)
        return _listening(zone, _network_of(link, record)).having(member)

    def _replace(self, network: str, name: str, zone: Zone) -> None:
        if zone.members:
            self._fresh = self.server.write(name, zone)
            self._files[network] = name, self._fresh
        else:
            self.server.remove(name)
            del self._files[network]

    def _publish(self, container_id: str, record: Record, opened: list[Link]) -> None:
        has_read = self.server.update(self._fresh)
        reason = "" if has_read else self.server.failure()
        for link in opened:
            if not has_read or not self._answers(link, record):
                self._close(link, container_id, record, reason)
        if not has_read and not opened and self._files:
            said = f"did not start: {reason}" if reason else "does not answer"
            self.engine.notify(Warned(f"the DNS server of this engine's networks {said}"))

    def _answers(self, link: Link, record: Record) -> bool:
        """Does the container itself get an answer? The host's firewall may think otherwise."""
        _, zone = self._files[link.name]
        listener = zone.listeners[0]
        return netns.inside(Path(record.netns), lambda: knows(listener, zone.mark_name, _NEVER_ANSWERED))

    def _close(self, link: Link, container_id: str, record: Record, reason: str) -> None:
        """Serve this network by hosts files, until nobody is on it any more; `reason`: what the server said
        when it did not start."""
        name, zone = self._files.pop(link.name)
        self.server.remove(name)
        mark = self._unserved(name)
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.touch(0o600)
        self.server.update()
        links = {one.name: one for one in record.links if _is_named(one)}
        self._write_resolv_conf(container_id, record, links)
        self.engine.notify(Warned(_unserved_text(link.name, zone, reason)))

    def forget_unserved(self, everybody: Everybody) -> None:
        """Whoever comes next to a network that nobody is on may find the server reachable again."""
        try:
            marks = list(self._unserved("").iterdir())
        except FileNotFoundError:
            return
        used = {link.name for _, one in everybody() if one.state == "attached" for link in one.links}
        for mark in marks:
            network = network_of(mark.name, self.engine.config.namespace)
            if network and network not in used:
                mark.unlink(missing_ok=True)
        with suppress(OSError):
            self._unserved("").rmdir()
            self.server.folder.rmdir()

    def _unserved(self, name: str) -> Path:
        return self.server.folder / "unserved" / name

    def _name(self, network: str, *, is_internal: bool) -> str:
        return file_name(self.engine.config.namespace, network, is_internal=is_internal)

    def _open(self, link: Link, record: Record) -> bool:
        """Make a zone for the link's network, empty as yet; False: it goes by hosts files."""
        if kind_of_service(self.engine) == HOSTS or [one.get("type") for one in link.plugins[:1]] != [
            "bridge"
        ]:
            return False
        name = self._name(link.name, is_internal=not link.families)
        if len(name) > _LONGEST_NAME or self._unserved(name).exists():
            return False
        listeners = _listeners(_network_of(link, record))
        if listeners:
            self._files[link.name] = name, Zone(listeners=listeners)
        return bool(listeners)

    def _gather(self, link: Link, but: str, everybody: Everybody) -> None:
        """Who was on the network before it had a zone."""
        name, zone = self._files[link.name]
        for container_id, record in everybody():
            theirs = next((one for one in record.links if one.name == link.name), None)
            is_up = record.state == "attached" and netns.is_pinned(Path(record.netns))
            if theirs is not None and is_up and container_id != but:
                zone = zone.having(self._member(container_id, theirs, record, zone.listeners))
        self._files[link.name] = name, zone

    def _member(self, container_id: str, link: Link, record: Record, listeners: tuple[str, ...]) -> Member:
        network = _network_of(link, record)
        container = attachment_of(container_id, record)
        asks = bool(set(listeners) & set(servers_of(self.engine, container_id)))
        servers = forwarders_of(self.engine, container_id, self._reads)
        return Member(
            container_id=container_id,
            address=network.address,
            address6=network.address6,
            names=resolvable(names_on(container, network)),
            forwarders=usable_servers(servers) if link.families else (NOWHERE,),
            reads_hosts=not asks,
        )

    def _reads(self, text: str) -> bool:
        return is_plain(text) or self.server.is_steady()

    def _write_resolv_conf(self, container_id: str, record: Record, links: Mapping[str, Link]) -> None:
        """The gateways of networks that lead out come first: only they can ask further."""
        served = [link for name, link in links.items() if name in self._files]
        wants = kind_of_service(self.engine) != HOSTS
        ordered = sorted(served, key=lambda link: not link.families) if wants else []
        gateways = tuple(self._files[link.name][1].listeners[0] for link in ordered)
        has_ipv6 = any(one.address6 for one in attachment_of(container_id, record).networks)
        is_steady = not gateways or self.server.is_steady()
        follow(self.engine, container_id, Asked(gateways, is_steady), has_ipv6=has_ipv6)


@contextmanager
def open_zones(engine: Engine) -> Iterator[Zones]:
    """The zones of the engine's namespace, for one change at a time."""
    with alone(engine):
        yield Zones(engine, NameServer(engine.paths.dns)).load()


def may_have_zones(engine: Engine, record: Record) -> bool:
    """Is there anything to tell a name server, or to take back from it?"""
    if engine.paths.dns.is_dir():
        return True
    return kind_of_service(engine) != HOSTS and any(map(_is_named, record.links))


def _unserved_text(network: str, zone: Zone, reason: str) -> str:
    if reason:
        return f'containers of network "{network}" find each other by hosts files: no DNS server, {reason}'
    where = f"its gateway {zone.listeners[0]}, port 53"
    return (
        f'containers of network "{network}" get no answer from {where}: they find each other by '
        f"hosts files (does a firewall on this machine drop their questions?)"
    )


def _is_named(link: Link) -> bool:
    return not link.is_default


def _network_of(link: Link, record: Record) -> NetworkAttachment:
    networks = attachment_of("", record).networks
    return next(one for one in networks if one.interface == link.interface)


def _listeners(network: NetworkAttachment) -> tuple[str, ...]:
    found = tuple(one for one in (network.gateway, network.gateway6) if one and can_listen(one))
    if not found and not network.gateway and network.gateway6:
        return (network.gateway6,) if can_listen_soon(network.gateway6, _IPV6_PATIENCE) else ()
    return found


def _listening(zone: Zone, network: NetworkAttachment) -> Zone:
    """The IPv6 gateway of a new bridge is not ready at once: it joins with a later container."""
    late = network.gateway6
    if late and late not in zone.listeners and can_listen(late):
        return replace(zone, listeners=(*zone.listeners, late))
    return zone
