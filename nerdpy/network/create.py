"""Make a network: a conflist, and for a bridge its interface, which keeps others off name and subnet.

The file comes first: a network without its interface is what every network is after a reboot, so a kill in
between leaves a whole network, while a failure takes the file away again.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from nerdpy.cni.conflist import Network, save_network
from nerdpy.cni.run import find_plugin
from nerdpy.dataclass import replace
from nerdpy.engine import Engine, Warned
from nerdpy.errors import AlreadyExists, Conflict, NerdpyError
from nerdpy.linux.flock import locked
from nerdpy.linux.netlink import index_of
from nerdpy.network.conflist import ConflistOptions, bridge_name, build_conflist, spare_bridge_name
from nerdpy.network.find import list_networks
from nerdpy.network.links import make_link, planned_link
from nerdpy.network.pools import Pool, parse_subnet
from nerdpy.network.request import NetworkRequest, parse_request
from nerdpy.network.subnet import AnyNetwork, first_free, occupied, overlapping, subnets_of, within
from nerdpy.network.tags import mark_link
from nerdpy.network.telling import tell
from nerdpy.paths import MACHINE_LOCK

__all__ = ["NetworkRequest", "create", "parse_request", "write"]


_ANOTHER = "give another --subnet, or none: a free one is found"


def create(engine: Engine, request: NetworkRequest) -> Network:
    """Make the network; AlreadyExists when there is one of its name."""
    with engine.cni.changing(), locked(MACHINE_LOCK):
        if any(network.name == request.name for network in list_networks(engine)):
            raise AlreadyExists(f'network "{request.name}" already exists', hint="pick another name")
        everywhere = engine.cni.networks_of_all_namespaces()
        options = ConflistOptions(
            request=request,
            pools=_pools(engine, request, everywhere),
            isolates_ports=request.options.isolates and _can_isolate_ports(engine),
            bridge=_spare_bridge(engine, request, everywhere),
        )
        network = write(engine, options)
        tell(engine, network, "create")
        return network


def write(engine: Engine, options: ConflistOptions, *, is_default: bool = False) -> Network:
    """Make the file and the interface, both or neither. To be called with the locks held."""
    others = engine.cni.networks_of_all_namespaces()
    options = replace(options, link=planned_link(options, others))
    content = build_conflist(options, addresses=str(engine.cni.addresses))
    _check_plugins(engine, content)
    path = engine.cni.path_of(options.request.name, is_default=is_default)
    if path.exists():
        raise Conflict(f'"{path}" is there already, with another network', hint="move it away")
    with ExitStack() as undo:
        undo.callback(path.unlink, missing_ok=True)
        try:
            network = save_network(path, content)
        except OSError as error:
            raise NerdpyError(
                f'network "{options.request.name}" cannot be written: {str(error.strerror).lower()}',
                hint=f'see to it that files can be made in "{path.parent}"',
            ) from error
        make_link(options)
        if options.link:
            mark_link(options.link, path)
        undo.pop_all()
    return network


def _spare_bridge(engine: Engine, request: NetworkRequest, others: Sequence[Network]) -> str:
    """Networks of one name in two namespaces have one id, as nerdctl makes them; they need two bridges."""
    usual = bridge_name(ConflistOptions(request=request))
    is_taken = any(one.bridge == usual for one in others)
    if request.driver != "bridge" or request.options.bridge or not is_taken:
        return ""
    return spare_bridge_name(engine.config.namespace, request.name)


def _can_isolate_ports(engine: Engine) -> bool:
    """Does the plugin bridge keep the ports of a bridge apart? Its version says nothing where it was built by
    a distribution, and fields that a plugin doesn't know it passes over; so its own text is asked."""
    import mmap

    path = find_plugin("bridge", engine.cni.folders)
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return text.find(b"portIsolation") >= 0


def _pools(engine: Engine, request: NetworkRequest, others: Sequence[Network]) -> tuple[Pool, ...]:
    if request.leases.is_dhcp:
        return ()
    pools = tuple(pool for pool in request.pools if request.has_family(pool.subnet.version))
    for pool in request.pools:
        if pool not in pools:
            engine.notify(Warned(f"subnet {pool.subnet} is not used: the network was made without --ipv6"))
    own_bridge = index_of(request.options.bridge) if request.options.bridge else 0
    here, routed = occupied(but=own_bridge)
    for pool in pools:
        _check_unused(pool.subnet, others)
        if request.driver == "bridge":  # the others lie on their parent's own subnet
            _check_elsewhere(pool.subnet, [*here, *within(pool.subnet, routed)])
    taken = [*here, *subnets_of(others)]
    own = engine.config.default_address_pools
    added = tuple(
        Pool(subnet=parse_subnet(first_free(taken, routed=routed, pools=own, version=version)))
        for version in (4, 6)
        if request.has_family(version) and not any(pool.subnet.version == version for pool in pools)
    )
    return tuple(sorted((*pools, *added), key=lambda pool: pool.subnet.version))


def _check_unused(subnet: AnyNetwork, networks: Sequence[Network]) -> None:
    for network in networks:
        other = overlapping(subnet, subnets_of([network]))
        if other is not None:
            raise Conflict(f'subnet {subnet} overlaps {other} of network "{network.name}"', hint=_ANOTHER)


def _check_elsewhere(subnet: AnyNetwork, here: Sequence[AnyNetwork]) -> None:
    """A bridge must not cover what the machine reaches elsewhere, though it may be a part of what lies behind
    a wider route."""
    other = overlapping(subnet, here)
    if other is not None:
        raise Conflict(f"subnet {subnet} overlaps {other}, which this machine uses already", hint=_ANOTHER)


def _check_plugins(engine: Engine, content: dict[str, Any]) -> None:
    for plugin in content["plugins"]:
        find_plugin(plugin["type"], engine.cni.folders)
        if "ipam" in plugin:
            find_plugin(plugin["ipam"]["type"], engine.cni.folders)
