"""Lead published ports to one container, take them away again, and put back what somebody has flushed."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from nerdpy.engine import Engine
from nerdpy.linux.netns import is_pinned
from nerdpy.linux.nftables import table_handle
from nerdpy.model.ports import PortMapping
from nerdpy.network import rules
from nerdpy.network.attachment import Link, load_record
from nerdpy.network.rules import loaded, open_loopback, pass_firewalls, possible, published, put_up
from nerdpy.network.ruleset import OPEN, ROUTED, TABLE
from nerdpy.network.tags import pin_of, tag_of


def publish(engine: Engine, owner: str, link: Link, ports: Sequence[PortMapping]) -> None:
    """Put up what our own rules do for the network and for these ports of `owner` (`NAMESPACE-ID`)."""
    is_whole = not _was_flushed(engine)
    put_up(loaded(link.rules or {}))
    _lead(engine, owner, link, ports)
    if not is_whole:
        mend(engine)


def unpublish(engine: Engine, owner: str, link: Link, ports: Sequence[PortMapping]) -> None:
    """Take the ports down; the network's own rules stay."""
    if not (link.publishes and link.rules and ports):
        return
    own = loaded(link.rules)
    with suppress(OSError):
        sets = OPEN if ROUTED in (own.mode4, own.mode6) else ()
        rules.unpublish(tag_of(engine, owner), possible(ports), sets)
    _forget_flows(ports)


def mend(engine: Engine) -> None:
    """Put the rules of every attached container back where the whole table is gone: `nft flush ruleset` and a
    restart of nftables.service take it away. A container that is being changed is passed over."""
    handle = table_handle(TABLE)
    for path in engine.paths.data.glob("containers/*/*/network.json"):
        record = load_record(path)
        if record is None or record.state != "attached" or not is_pinned(Path(record.netns)):
            continue
        with _free(path.parent) as is_free:
            owner = f"{path.parent.parent.name}-{path.parent.name}"
            for link in record.links if is_free else ():
                if link.rules is not None:
                    put_up(loaded(link.rules))
                    _lead(engine, owner, link, record.ports)
    with suppress(OSError):  # a full disk: the next one mends again
        engine.paths.ruleset.write_text(str(handle or table_handle(TABLE)))


def mend_if_flushed(engine: Engine) -> None:
    """The same if it is needed; and of what other firewalls must let through, which may be new or flushed."""
    if _was_flushed(engine):
        mend(engine)
        return
    from nerdpy.network.forwarding import bridges

    for bridge in bridges():
        pass_firewalls(bridge)


def _was_flushed(engine: Engine) -> bool:
    """Is the table gone, or another one than the one that holds all our rules? Another engine on this machine
    may have made it anew, for its own containers."""
    handle = table_handle(TABLE)
    try:
        return not handle or engine.paths.ruleset.read_text() != str(handle)
    except OSError:
        return True


def _lead(engine: Engine, owner: str, link: Link, ports: Sequence[PortMapping]) -> None:
    if not ports or not link.publishes:
        return
    own = loaded(link.rules or {})
    open_loopback(own.bridge)
    addresses = link.answer.addresses
    address = next((one.address for one in addresses if not one.is_ipv6), "")
    address6 = next((one.address for one in addresses if one.is_ipv6), "")
    tag = tag_of(engine, owner)
    elements = published(ports, tag, address, address6, (own.mode4, own.mode6))
    rules.publish(tag, elements, lambda other: is_pinned(pin_of(engine, other)))
    _forget_flows(ports)


def _forget_flows(ports: Sequence[PortMapping]) -> None:
    """A UDP peer that keeps sending would keep the way that its first packet took."""
    udp = {port.host_port for port in ports if port.protocol == "udp" and port.host_port}
    if udp:
        from nerdpy.linux.conntrack import forget_udp

        with suppress(OSError):
            forget_udp(udp)


@contextmanager
def _free(folder: Path) -> Iterator[bool]:
    """Hold the attachment's lock (see `attachment.locked`) if nobody has it; says whether it could."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)
