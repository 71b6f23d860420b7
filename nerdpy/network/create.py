"""Make a network: a conflist, and for a bridge its interface, which keeps others off name and subnet."""

import errno
from collections.abc import Sequence
from typing import Any, Literal

from nerdpy.cni.conflist import Network, save_network
from nerdpy.cni.run import find_plugin
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Engine
from nerdpy.errors import AlreadyExists, Conflict, InvalidArgument, NerdpyError, PermissionDenied
from nerdpy.linux.bridge import make_bridge
from nerdpy.linux.flock import locked
from nerdpy.model.identifier import parse_identifier
from nerdpy.network.conflist import (
    ConflistOptions,
    DriverOptions,
    bridge_name,
    build_conflist,
    parse_driver_options,
)
from nerdpy.network.find import list_networks
from nerdpy.network.pools import Pool, parse_subnet
from nerdpy.network.subnet import first_free, overlapping, taken_subnets
from nerdpy.network.telling import tell
from nerdpy.paths import MACHINE_LOCK

RESERVED = ("host", "none", "default", "bridge")
"""Names that mean something else."""


@dataclass(frozen=True, kw_only=True)
class NetworkRequest:
    """`network create`, parsed."""

    name: str
    driver: Literal["bridge", "macvlan", "ipvlan"] = "bridge"
    pools: tuple[Pool, ...] = ()
    options: DriverOptions = field(default_factory=DriverOptions)
    labels: dict[str, str] = field(default_factory=dict)
    is_internal: bool = False
    has_ipv4: bool = True
    has_ipv6: bool = False


def parse_request(
    name: str,
    driver: str = "bridge",
    *,
    pools: Sequence[Pool] = (),
    options: Sequence[str] = (),
    labels: dict[str, str] | None = None,
    **switches: bool,
) -> NetworkRequest:
    """Check what was asked for as far as that can be done without looking at the machine."""
    parse_identifier(name, "network")
    if name in RESERVED or name.startswith(("container:", "ns:")):
        raise InvalidArgument(f'network name "{name}" is reserved', hint="pick another name")
    parsed = parse_driver_options(driver, options)
    request = NetworkRequest(name=name, driver=driver, options=parsed, labels=labels or {}, **switches)  # type: ignore[arg-type]  # the driver was checked by parse_driver_options
    kept = tuple(pool for pool in pools if request.has_ipv6 or pool.subnet.version == 4)
    has_subnet6 = any(pool.subnet.version == 6 for pool in kept)
    if not request.has_ipv4 and not (request.has_ipv6 and has_subnet6):
        raise InvalidArgument("--ipv4=false needs --ipv6 and an IPv6 --subnet")
    if not request.has_ipv4 and any(pool.subnet.version == 4 for pool in kept):
        raise InvalidArgument("--ipv4=false excludes an IPv4 --subnet")
    return replace(request, pools=kept)


def create(engine: Engine, request: NetworkRequest) -> Network:
    """Make the network; AlreadyExists when there is one of its name."""
    with engine.cni.changing(), locked(MACHINE_LOCK):
        if any(network.name == request.name for network in list_networks(engine)):
            raise AlreadyExists(f'network "{request.name}" already exists', hint="pick another name")
        options = ConflistOptions(
            name=request.name,
            driver=request.driver,
            pools=_pools(engine, request),
            options=request.options,
            labels=request.labels,
            is_internal=request.is_internal,
        )
        network = write(engine, options)
        tell(engine, network, "create")
        return network


def write(engine: Engine, options: ConflistOptions, *, is_default: bool = False) -> Network:
    """Make the bridge and the file, both or neither. To be called with the locks held."""
    content = build_conflist(options, addresses=str(engine.cni.addresses))
    _check_plugins(engine, content)
    if options.driver == "bridge":
        _make_interface(options)
    try:
        return save_network(engine.cni.path_of(options.name, is_default=is_default), content)
    except OSError as error:
        if options.driver == "bridge":
            from nerdpy.linux.netlink import delete_link

            delete_link(bridge_name(options))
        raise NerdpyError(f'network "{options.name}" cannot be written: {error}') from error


def _pools(engine: Engine, request: NetworkRequest) -> tuple[Pool, ...]:
    taken = taken_subnets(engine.cni.networks_of_all_namespaces())
    if request.driver == "bridge":
        for pool in request.pools:
            other = overlapping(pool.subnet, taken)
            if other is not None:
                raise Conflict(
                    f"subnet {pool.subnet} overlaps {other}, which this machine uses already",
                    hint="give another --subnet, or none: a free one is found",
                )
    pools = request.pools
    if request.has_ipv4 and not any(pool.subnet.version == 4 for pool in pools):
        pools = (Pool(subnet=parse_subnet(first_free(taken))), *pools)
    if request.has_ipv6 and not any(pool.subnet.version == 6 for pool in pools):
        raise InvalidArgument("--ipv6 needs an IPv6 --subnet", hint="for example --subnet fd00:5::/64")
    return pools


def _make_interface(options: ConflistOptions) -> None:
    addresses = [f"{pool.router}/{pool.subnet.prefixlen}" for pool in options.pools]
    try:
        make_bridge(bridge_name(options), [] if options.is_internal else addresses, mtu=options.options.mtu)
    except FileExistsError as error:
        raise Conflict(
            f'an interface "{bridge_name(options)}" exists already', hint="remove it with `ip link delete`"
        ) from error
    except PermissionError as error:
        raise PermissionDenied("no permission to make a bridge", hint="networks are made by root") from error
    except OSError as error:
        if error.errno != errno.EOPNOTSUPP:
            raise NerdpyError(f"the bridge cannot be made: {error.strerror}") from error


def _check_plugins(engine: Engine, content: dict[str, Any]) -> None:
    for plugin in content["plugins"]:
        find_plugin(plugin["type"], engine.cni.folders)
        if "ipam" in plugin:
            find_plugin(plugin["ipam"]["type"], engine.cni.folders)
