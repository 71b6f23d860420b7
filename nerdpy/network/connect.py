"""Connect a container that runs to one more network."""

from contextlib import suppress

from nerdpy.cni.conflist import Network
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NerdpyError
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping
from nerdpy.network import chain
from nerdpy.network.attachment import ContainerNames, Link, Record, load_record, locked, save_record
from nerdpy.network.claim import claim
from nerdpy.network.ensure import ensure
from nerdpy.network.link import bring_up, take_down
from nerdpy.network.names import refresh_hosts
from nerdpy.network.plan import interface_names
from nerdpy.network.settle import settle_ports, settle_routes
from nerdpy.network.telling import tell_of_link


@dataclass(frozen=True, kw_only=True)
class Connecting:
    """What is to be connected to what."""

    container_id: str
    network: Network
    asked: NetworkRequest
    names: ContainerNames
    ports: tuple[PortMapping, ...] = ()
    """Bound by now, of a container whose ports no network has published so far."""


def wanted_network(engine: Engine, name: str) -> Network:
    """The network that the command names; the default one is made on demand."""
    refuse_mode_network(name)
    return ensure(engine, [name])[0]


def refuse_mode_network(name: str) -> None:
    """`host` and `none` are no networks that one can come to or leave."""
    if name in {"host", "none"} or name.startswith(("container:", "ns:")):
        raise FailedPrecondition(
            f'a container cannot be connected to network "{name}" or disconnected from it',
            hint="that is decided when a container is made: `nerdpy run --network`",
        )


def connect(engine: Engine, wish: Connecting) -> None:
    """Give the container an interface on the network; ports and default route move there if they belong
    there now. A failure leaves everything as it was."""
    path = engine.paths.attachment(wish.container_id)
    with locked(engine, wish.container_id) as lock:
        record = _record_of(engine, wish)
        link = _planned(record, wish)
        record.links.append(link)
        claim(engine, wish.container_id, record, (wish.network,))
        try:
            bring_up(engine, wish.container_id, record, link, lock)
            save_record(path, record)
            settle_ports(engine, wish.container_id, record, path, lock)
            settle_routes(record)
        except BaseException:
            with suppress(NerdpyError, OSError):
                take_out(engine, wish.container_id, record, link, lock)
            raise
    tell_of_link(engine, wish.container_id, link, "connect")
    refresh_hosts(engine, wish.container_id)


def take_out(engine: Engine, container_id: str, record: Record, link: Link, lock: int) -> None:
    """Disconnect one link of a record that is held, and let the others have what it had."""
    path = engine.paths.attachment(container_id)
    take_down(engine, container_id, record, link, lock)
    record.links.remove(link)
    save_record(path, record)
    settle_ports(engine, container_id, record, path, lock)
    settle_routes(record)


def _record_of(engine: Engine, wish: Connecting) -> Record:
    record = load_record(engine.paths.attachment(wish.container_id))
    if record is None or record.state != "attached":  # it was started without any network
        pin = str(engine.paths.netns(wish.container_id))
        record = Record(state="attached", netns=pin, links=[], ports=[], names=wish.names)
    if wish.ports:
        record.ports = sorted(wish.ports)
    return record


def _planned(record: Record, wish: Connecting) -> Link:
    taken = [link.interface for link in record.links]
    (name,) = interface_names((wish.network,), (wish.asked,), taken)
    link = chain.planned(wish.network, wish.asked, name, record.names)
    chain.instruct(link, (), ())
    return link
