"""`nerdpy network create`."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Later, Option
from nerdpy.dataclass import dataclass, field
from nerdpy.model.pairs import parse_pair


@dataclass(frozen=True, kw_only=True)
class AddressFlags:
    """Which addresses the network has."""

    subnet: Annotated[list[str], Option("--subnet", help="Subnet, as CIDR")] = field(default_factory=list)
    gateway: Annotated[list[str], Option("--gateway", help="Gateway of the subnet")] = field(
        default_factory=list
    )
    ip_range: Annotated[
        list[str], Option("--ip-range", help="Addresses for containers, within the subnet")
    ] = field(default_factory=list)
    aux_address: Annotated[list[str], Option("--aux-address", help="Addresses that are in use already")] = (
        field(default_factory=list)
    )
    ipv4: Annotated[bool, Option("--ipv4", help="Give out IPv4 addresses")] = True
    ipv6: Annotated[bool, Option("--ipv6", help="Give out IPv6 addresses")] = False
    ipam_driver: Annotated[
        str,
        Option("--ipam-driver", help="Who gives out addresses", choices=("default", "host-local", "dhcp")),
    ] = "default"
    ipam_opt: Annotated[
        list[str], Option("--ipam-opt", help="What a DHCP server is told or asked, as NAME=JSON")
    ] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class DriverFlags:
    """What kind of network it is."""

    driver: Annotated[
        str, Option("--driver", "-d", help="Driver of the network", complete="network-driver")
    ] = "bridge"
    opt: Annotated[
        list[str], Option("--opt", "-o", help="Option of the driver", complete="network-option")
    ] = field(default_factory=list)
    label: Annotated[list[str], Option("--label", help="Set a label KEY=VALUE")] = field(default_factory=list)
    internal: Annotated[bool, Option("--internal", help="No way out of the network")] = False
    attachable: Annotated[
        bool, Option("--attachable", help="Noted for inspect: every network can be attached to")
    ] = False
    ingress: Annotated[
        bool, Option("--ingress", help="Swarm only"), Later("--ingress is for swarm, which nerdpy has not")
    ] = False
    scope: Annotated[
        str, Option("--scope", help="Swarm only"), Later("--scope is for swarm, which nerdpy has not")
    ] = ""
    config_only: Annotated[
        bool,
        Option("--config-only", help="Make settings without a network"),
        Later("--config-only is for swarm, which nerdpy has not"),
    ] = False
    config_from: Annotated[
        str,
        Option("--config-from", help="Take the settings of this network"),
        Later("--config-from is for swarm, which nerdpy has not"),
    ] = ""


def command(
    context: Context, addresses: AddressFlags, kind: DriverFlags, name: Annotated[str, Argument("NETWORK")]
) -> None:
    """Create a network"""
    from nerdpy.network.create import create, parse_request
    from nerdpy.network.driver_options import parse_driver_options
    from nerdpy.network.lease_options import parse_lease_options
    from nerdpy.network.pools import parse_pools

    engine = engine_of(context)
    request = parse_request(
        name,
        kind.driver,
        pools=parse_pools(
            addresses.subnet,
            gateways=addresses.gateway,
            ip_ranges=addresses.ip_range,
            aux_addresses=addresses.aux_address,
        ),
        options=parse_driver_options(kind.driver, kind.opt, engine.config.network_opts(kind.driver)),
        leases=parse_lease_options(addresses.ipam_driver, addresses.ipam_opt),
        labels=dict(parse_pair(text, "label") for text in kind.label),
        is_internal=kind.internal,
        is_attachable=kind.attachable,
        has_ipv4=addresses.ipv4,
        has_ipv6=addresses.ipv6,
    )
    context.console.line(create(engine, request).id)
