"""`nerdpy network connect`."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Later, Option
from nerdpy.commands.container.flags.caller import each, parsed
from nerdpy.dataclass import dataclass, field
from nerdpy.model.address import parse_ip4, parse_ip6, parse_link_local
from nerdpy.model.endpoint_option import parse_endpoint_option
from nerdpy.model.network_flag import NetworkRequest, parse_alias, parse_priority, with_last_options


@dataclass(frozen=True, kw_only=True)
class ConnectFlags:
    """What the container asks of the network."""

    alias: Annotated[
        list[str], Option("--alias", help="Add another name by which the network finds the container")
    ] = field(default_factory=list)
    driver_opt: Annotated[
        list[str],
        Option(
            "--driver-opt",
            help="Set an option of the interface: com.docker.network.endpoint.ifname or .sysctls",
            metavar="KEY=VALUE",
        ),
    ] = field(default_factory=list)
    gw_priority: Annotated[
        str, Option("--gw-priority", help="The network with the highest gives the default route", metavar="N")
    ] = "0"
    ip: Annotated[str, Option("--ip", help="IPv4 address on this network", metavar="IP")] = ""
    ip6: Annotated[str, Option("--ip6", help="IPv6 address on this network", metavar="IP")] = ""
    link: Annotated[
        list[str],
        Option("--link", help="Link to another container (docker's legacy)", metavar="CONTAINER[:ALIAS]"),
        Later("links are not built: containers on one network find each other by name"),
    ] = field(default_factory=list)
    link_local_ip: Annotated[
        list[str], Option("--link-local-ip", help="Add a link-local address", metavar="IP")
    ] = field(default_factory=list)


def command(
    context: Context,
    flags: ConnectFlags,
    network: Annotated[str, Argument("NETWORK", complete="network-to-join")],
    container: Annotated[str, Argument("CONTAINER", complete="container")],
) -> None:
    """Connect a container to a network

    A running container gets the interface at once; the container keeps it over restarts.
    """
    from nerdpy.container.join_network import join_network
    from nerdpy.network.connect import wanted_network

    asked = NetworkRequest(
        name=network,
        aliases=each("--alias", flags.alias, parse_alias),
        ip=parsed("--ip", flags.ip, parse_ip4) if flags.ip else "",
        ip6=parsed("--ip6", flags.ip6, parse_ip6) if flags.ip6 else "",
        link_local_ips=each("--link-local-ip", flags.link_local_ip, parse_link_local),
        driver_options=each("--driver-opt", flags.driver_opt, parse_endpoint_option),
        priority=parsed("--gw-priority", flags.gw_priority, parse_priority),
    )
    engine = engine_of(context)
    join_network(engine, wanted_network(engine, network), container, with_last_options(asked))
