"""Let containers on one network know each other by name: by a name server where there is one (`zones.py`), by
their hosts files where there is none."""

import fcntl
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress

from nerdpy.dataclass import replace
from nerdpy.engine import Engine, Warned
from nerdpy.network.attachment import Attachment, Record, attachment_of, load_record, locked, save_record
from nerdpy.network.hosts import first_hosts, neighbour_lines, own_lines, rewritten, told_of
from nerdpy.network.name_server import find_program
from nerdpy.network.own_file import rewrite
from nerdpy.network.resolver import follow
from nerdpy.network.zone import Zone
from nerdpy.network.zones import AARDVARK, may_have_zones, open_zones

__all__ = ["refresh_hosts", "rename_in_hosts"]


def refresh_hosts(engine: Engine, container_id: str, left: Collection[str] = ()) -> None:
    """After this container was attached, detached or renamed, or has `left` these networks: tell the name
    server, and write its resolv.conf, its hosts file, and those of its neighbours who read names there.

    The default network's containers don't learn each other's names, so then there is one file to write.
    """
    record = load_record(engine.paths.attachment(container_id))
    if record is None:
        return
    zones = _told(engine, container_id, record)
    if not zones and record.state == "attached":
        follow(engine, container_id, has_ipv6=_has_ipv6(attachment_of(container_id, record)))
    own = attachment_of(container_id, record)
    shared = ({link.name for link in record.links} | set(left)) - _unnamed(record)
    if not any(_reads_hosts(zones, network) for network in shared):
        _write(engine, own, own_lines(own))
        return
    with _writing(engine):
        everybody = [(attachment_of(one, known), _unnamed(known)) for one, known in _everybody(engine)]
        told = told_of(one for one, _ in everybody)
        for one, unnamed in everybody:
            if one.container_id == container_id or shared & {network.name for network in one.networks}:
                silent = unnamed | _asked_of_dns(zones, one.container_id)
                _write(engine, one, [*own_lines(one), *neighbour_lines(one, told, silent)])


def rename_in_hosts(engine: Engine, container_id: str, name: str) -> None:
    """Tell a container's new name to its neighbours."""
    path = engine.paths.attachment(container_id)
    with locked(engine, container_id):
        record = load_record(path)
        if record is None:
            return
        record.names = replace(record.names, name=name)
        save_record(path, record)
    refresh_hosts(engine, container_id)


def _told(engine: Engine, container_id: str, record: Record) -> Mapping[str, Zone]:
    """The zones of the namespace's networks, after the name server was told about this container."""
    if not may_have_zones(engine, record):
        if engine.config.dns_server == AARDVARK and record.state == "attached" and not find_program():
            engine.notify(Warned("aardvark-dns is not installed: names go by hosts files"))
        return {}
    try:
        with open_zones(engine) as zones:
            zones.refresh(container_id, record, lambda: _everybody(engine))
            zones.forget_unserved(lambda: _everybody(engine))
            return zones.by_network
    except OSError as error:  # a full disk, say: the container has its network, and its hosts file names
        engine.notify(Warned(f"the DNS server of this engine's networks was not told: {error}"))
        return {}


def _reads_hosts(zones: Mapping[str, Zone], network: str) -> bool:
    """Does anybody on the network find the others by its hosts file?"""
    return network not in zones or any(member.reads_hosts for member in zones[network].members)


def _asked_of_dns(zones: Mapping[str, Zone], container_id: str) -> set[str]:
    """The networks whose names this container asks of the name server."""
    members = {network: zone.member(container_id) for network, zone in zones.items()}
    return {network for network, member in members.items() if member and not member.reads_hosts}


def _unnamed(record: Record) -> set[str]:
    return {link.name for link in record.links if link.is_default}


def _has_ipv6(own: Attachment) -> bool:
    return any(network.address6 for network in own.networks)


def _everybody(engine: Engine) -> Iterator[tuple[str, Record]]:
    for container_id in engine.store.containers.ids():
        record = load_record(engine.paths.attachment(container_id))
        if record is not None:
            yield container_id, record


def _write(engine: Engine, own: Attachment, block: list[str]) -> None:
    path = engine.paths.hosts(own.container_id)
    try:
        rewrite(path, lambda text: rewritten(text, block))
    except FileNotFoundError:
        with suppress(FileNotFoundError):  # the container is gone
            path.write_text(first_hosts(own.names.extra_hosts, block))
            path.chmod(0o644)


@contextmanager
def _writing(engine: Engine) -> Iterator[None]:
    descriptor = os.open(engine.paths.containers, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
