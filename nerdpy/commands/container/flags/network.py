"""Flags for what the container is connected to: networks, ports, names."""

from itertools import chain
from typing import Annotated, Any

from nerdpy.cli.flags import Later, Option
from nerdpy.commands.container.flags.caller import Caller, each, parsed
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import UsageError
from nerdpy.model.address import (
    is_loopback,
    parse_dns_option,
    parse_extra_host,
    parse_ip,
    parse_ip4,
    parse_ip6,
    parse_link_local,
    parse_mac,
    parse_search_domain,
)
from nerdpy.model.network_flag import NetworkRequest, parse_alias, parse_network
from nerdpy.model.options import NetworkOptions
from nerdpy.model.ports import parse_expose, parse_publish


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NetworkFlags:
    """What it is connected to."""

    network: Annotated[
        list[str],
        Option(
            "--network",
            "--net",
            help="Connect to a network: a name, bridge, host, none, container:NAME or ns:PATH",
            metavar="NETWORK",
            complete="network",
        ),
    ] = field(default_factory=list)
    publish: Annotated[
        list[str],
        Option(
            "--publish",
            "-p",
            help="Make a port of the container reachable on the host",
            metavar="[[IP:]HOST:]PORT[/PROTOCOL]",
        ),
    ] = field(default_factory=list)
    publish_all: Annotated[
        bool, Option("--publish-all", "-P", help="Publish every exposed port on a free port of the host")
    ] = False
    expose: Annotated[
        list[str],
        Option("--expose", help="Declare a port, or a range of ports", metavar="PORT[-PORT][/PROTOCOL]"),
    ] = field(default_factory=list)
    dns: Annotated[
        list[str], Option("--dns", help="Use this DNS server instead of the host's", metavar="IP")
    ] = field(default_factory=list)
    dns_search: Annotated[
        list[str],
        Option("--dns-search", help="Add a DNS search domain; `.` alone for none", metavar="DOMAIN"),
    ] = field(default_factory=list)
    dns_option: Annotated[
        list[str], Option("--dns-option", "--dns-opt", help="Add an option to resolv.conf", metavar="OPTION")
    ] = field(default_factory=list)
    add_host: Annotated[
        list[str],
        Option("--add-host", help="Add a line to the hosts file", metavar="HOST:IP|HOST:host-gateway"),
    ] = field(default_factory=list)
    ip: Annotated[str, Option("--ip", help="IPv4 address on the first network", metavar="IP")] = ""
    ip6: Annotated[str, Option("--ip6", help="IPv6 address on the first network", metavar="IP")] = ""
    mac_address: Annotated[
        str, Option("--mac-address", help="MAC address on the first network", metavar="MAC")
    ] = ""
    network_alias: Annotated[
        list[str],
        Option(
            "--network-alias", "--net-alias", help="Add another name by which the network finds the container"
        ),
    ] = field(default_factory=list)
    link: Annotated[
        list[str],
        Option("--link", help="Link to another container (docker's legacy)", metavar="CONTAINER[:ALIAS]"),
        Later("links are not built: put both containers on one network, where they find each other by name"),
    ] = field(default_factory=list)
    link_local_ip: Annotated[
        list[str],
        Option("--link-local-ip", help="Add a link-local address on the first network", metavar="IP"),
    ] = field(default_factory=list)

    def parse_network(self, caller: Caller) -> NetworkOptions:
        """The options, checked against each other as docker does."""
        requests = each("--network", self.network, parse_network) or (NetworkRequest(name="bridge"),)
        _check_together(requests)
        requests = (self._with_flags(requests[0]), *requests[1:])
        for request in requests:
            _check_kind(request)
        dns = each("--dns", self.dns, parse_ip)
        for server in (address for address in dns if is_loopback(address)):
            caller.warn(f"localhost DNS server {server} may fail in the container")
        options = NetworkOptions(
            requests=requests,
            ports=tuple(dict.fromkeys(chain(*each("--publish", self.publish, parse_publish)))),
            publish_all=self.publish_all,
            expose=tuple(dict.fromkeys(chain(*each("--expose", self.expose, parse_expose)))),
            dns=dns or None,
            dns_search=each("--dns-search", self.dns_search, parse_search_domain) or None,
            dns_options=each("--dns-option", self.dns_option, parse_dns_option) or None,
            extra_hosts=each("--add-host", self.add_host, parse_extra_host),
        )
        return _without_ports(options, caller) if options.mode in {"host", "none", "ns"} else options

    def _with_flags(self, first: NetworkRequest) -> NetworkRequest:
        """The first network's request, completed by the flags that speak of it."""
        given = (
            ("--network-alias", "aliases", each("--network-alias", self.network_alias, parse_alias)),
            ("--ip", "ip", parsed("--ip", self.ip, parse_ip4) if self.ip else ""),
            ("--ip6", "ip6", parsed("--ip6", self.ip6, parse_ip6) if self.ip6 else ""),
            (
                "--mac-address",
                "mac_address",
                parsed("--mac-address", self.mac_address, parse_mac) if self.mac_address else "",
            ),
            (
                "--link-local-ip",
                "link_local_ips",
                each("--link-local-ip", self.link_local_ip, parse_link_local),
            ),
        )
        for flag, field_name, value in given:
            if value and getattr(first, field_name):
                raise UsageError(
                    f"conflicting options: cannot specify both {flag} and the same inside --network",
                    hint=f"leave {flag} out",
                )
        more: dict[str, Any] = {field_name: value for _, field_name, value in given if value}
        name = "bridge" if first.name == "default" else first.name
        return replace(first, name=name, **more)


def _check_together(requests: tuple[NetworkRequest, ...]) -> None:
    names = [request.name for request in requests]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f'network "{name}" is specified multiple times')
    if len(names) > 1 and not all(request.is_user_defined for request in requests):
        raise UsageError(
            "conflicting options: cannot attach both user-defined and non-user-defined network-modes",
            hint="host, none, bridge, container: and ns: stand alone",
        )


def _check_kind(first: NetworkRequest) -> None:
    """What only a network that somebody made, or one with an interface of ours, can give."""
    if first.aliases and not first.is_user_defined:
        raise UsageError(
            "network-scoped aliases are only supported for user-defined networks",
            hint="make a network with `nerdpy network create`, and use --network with it",
        )
    kind = first.name.partition(":")[0]
    for flag, value in (
        ("--ip", first.ip),
        ("--ip6", first.ip6),
        ("--mac-address", first.mac_address),
        ("--link-local-ip", first.link_local_ips),
        ("driver-opt", first.driver_options),
    ):
        if value and (kind in {"host", "none"} or (kind in {"container", "ns"} and ":" in first.name)):
            raise UsageError(f"conflicting options: {flag} and --network {first.name}")


def _without_ports(options: NetworkOptions, caller: Caller) -> NetworkOptions:
    """docker discards published ports where there is nothing to publish them from, and says so."""
    if not options.ports and not options.publish_all:
        return options
    caller.warn(f"published ports are discarded when using {options.networks[0]} network mode")
    return replace(options, ports=(), publish_all=False)
