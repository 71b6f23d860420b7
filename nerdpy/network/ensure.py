"""The networks that a container asks for, the default one made on demand."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from nerdpy.cni.conflist import DEFAULT_LABEL, Network
from nerdpy.engine import Engine
from nerdpy.network.find import DEFAULT_NAME, default_of, find_network, list_networks

if TYPE_CHECKING:
    from nerdpy.network.pools import Pool

DEFAULT_BRIDGE = "nerdpy"


def ensure(engine: Engine, names: Iterable[str]) -> tuple[Network, ...]:
    """The networks with these names or ids, each once; NotFound names the one that is missing."""
    networks = list_networks(engine)
    found: dict[str, Network] = {}
    for name in names:
        if name in ("default", DEFAULT_NAME) and default_of(networks) is None:
            networks = [*networks, make_default(engine)]
        network = find_network(engine, name, networks)
        if network.own_link and network.driver != "bridge":
            from nerdpy.network.links import restore

            restore(network)
        found[network.name] = network
    return tuple(found.values())


def make_default(engine: Engine) -> Network:
    """The default network: nerdpy's or nerdctl's, whoever comes first. Parallel first runs make one."""
    from nerdpy.linux.flock import locked
    from nerdpy.network.conflist import ConflistOptions
    from nerdpy.network.create import write
    from nerdpy.network.driver_options import parse_driver_options
    from nerdpy.network.request import NetworkRequest
    from nerdpy.paths import MACHINE_LOCK

    with engine.cni.changing(), locked(MACHINE_LOCK):
        existing = default_of(list_networks(engine))
        if existing is not None:
            return existing
        wishes = parse_driver_options("bridge", (), engine.config.network_opts("bridge"))
        options = ConflistOptions(
            request=NetworkRequest(name=DEFAULT_NAME, options=wishes, labels={DEFAULT_LABEL: "true"}),
            pools=tuple(_default_pools(engine, has_ipv6=wishes.enables_ipv6)),
            bridge=next(_free_bridges()),
        )
        return write(engine, options, is_default=True)


def _default_pools(engine: Engine, *, has_ipv6: bool) -> "Iterator[Pool]":
    from nerdpy.network.pools import Pool, parse_subnet
    from nerdpy.network.subnet import first_free, network_of_bridge_ip, occupied, subnets_of

    pools = engine.config.default_address_pools
    here, routed = occupied()
    taken = [*here, *subnets_of(engine.cni.networks_of_all_namespaces())]
    if engine.config.bridge_ip:
        network, address = network_of_bridge_ip(engine.config.bridge_ip)
        yield Pool(subnet=network, gateway=address)
    else:
        yield Pool(subnet=parse_subnet(first_free(taken, routed=routed, first=0, pools=pools)))
    if has_ipv6:
        yield Pool(subnet=parse_subnet(first_free(taken, routed=routed, pools=pools, version=6)))


def _free_bridges() -> Iterator[str]:
    """nerdpy0, unless another engine of this machine (with network files of its own) has made it."""
    from nerdpy.linux.netlink import index_of

    number = 0
    while True:
        if not index_of(f"{DEFAULT_BRIDGE}{number}"):
            yield f"{DEFAULT_BRIDGE}{number}"
        number += 1
