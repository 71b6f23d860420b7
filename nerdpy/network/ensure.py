"""The networks that a container asks for, the default one made on demand."""

from collections.abc import Iterable

from nerdpy.cni.conflist import DEFAULT_LABEL, Network, save_network
from nerdpy.engine import Engine
from nerdpy.network.conflist import BridgeOptions, build_bridge
from nerdpy.network.find import DEFAULT_NAME, default_of, find_network, list_networks
from nerdpy.network.subnet import first_free, network_of_bridge_ip, taken_subnets

DEFAULT_BRIDGE = "nerdpy0"


def ensure(engine: Engine, names: Iterable[str]) -> tuple[Network, ...]:
    """The networks with these names or ids, each once; NotFound names the one that is missing."""
    networks = list_networks(engine)
    found: dict[str, Network] = {}
    for name in names:
        if name in ("default", DEFAULT_NAME) and default_of(networks) is None:
            networks = [*networks, make_default(engine)]
        network = find_network(engine, name, networks)
        found[network.name] = network
    return tuple(found.values())


def make_default(engine: Engine) -> Network:
    """The default network: nerdpy's or nerdctl's, whoever comes first. Parallel first runs make one."""
    cni = engine.cni
    with cni.changing():
        existing = default_of(list_networks(engine))
        if existing is not None:
            return existing
        if engine.config.bridge_ip:
            subnet, gateway = network_of_bridge_ip(engine.config.bridge_ip)
        else:
            subnet, gateway = first_free(taken_subnets(cni.networks_of_all_namespaces()), first=0), ""
        options = BridgeOptions(
            name=DEFAULT_NAME,
            bridge=DEFAULT_BRIDGE,
            subnets=((subnet, gateway),),
            labels={DEFAULT_LABEL: "true"},
        )
        path = cni.path_of(DEFAULT_NAME, is_default=True)
        return save_network(path, build_bridge(options, addresses=str(cni.addresses)))
