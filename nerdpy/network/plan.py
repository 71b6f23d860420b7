"""Pure: which of a container's networks gives the default routes, which one publishes its ports, and what the
interfaces are called."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nerdpy.cni.conflist import Network
from nerdpy.errors import Conflict
from nerdpy.model.endpoint_option import IFNAME
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.network import chain
from nerdpy.network.attachment import Link

if TYPE_CHECKING:
    from nerdpy.network.attach import AttachmentRequest


def plan_links(request: "AttachmentRequest") -> list[Link]:
    """What is to be done for each of the container's networks."""
    asked = [_asked(request, number, network) for number, network in enumerate(request.networks)]
    names = interface_names(request.networks, asked)
    pairs = zip(request.networks, asked, names, strict=True)
    links = [chain.planned(network, one, name, request.names) for network, one, name in pairs]
    winners = {family: gateway_of(links, family) for family in (4, 6)}
    publisher = publisher_of(links)
    for link in links:
        link.publishes = link is publisher
        routes = [family for family, winner in winners.items() if winner is link]
        chain.instruct(link, routes, request.ports if link is publisher else ())
    return links


def asked_of(link: Link) -> NetworkRequest:
    """The request that a link was made from."""
    return NetworkRequest(
        name=link.name,
        aliases=tuple(link.aliases),
        ip=link.ip,
        ip6=link.ip6,
        mac_address=link.mac_address,
        link_local_ips=tuple(link.link_local_ips),
        driver_options=tuple(link.driver_options.items()),
        priority=link.priority,
    )


def interface_names(
    networks: Sequence[Network], asked: Sequence[NetworkRequest], taken: Iterable[str] = ()
) -> list[str]:
    """eth0, eth1, ... or what the network or the request says; Conflict when two are to have one name."""
    chosen = [dict(one.driver_options).get(IFNAME, "") for one in asked]
    used = {*taken}
    for name in filter(None, chosen):
        if name in used:
            raise Conflict(f'two interfaces of the container would be called "{name}"')
        used.add(name)
    return [
        name or _free(network.interface_prefix, used) for network, name in zip(networks, chosen, strict=True)
    ]


def gateway_of(links: Sequence[Link], family: int) -> Link | None:
    """The one that gives the default route of the family (4, 6): of those that lead out the one with the
    highest priority, and of equals the first."""
    return max((link for link in links if family in link.families), key=_priority, default=None)


def publisher_of(links: Sequence[Link]) -> Link | None:
    """The one that the published ports lead to: by the same rule, of those that can publish."""
    return max((link for link in links if link.can_publish), key=_priority, default=None)


def _priority(link: Link) -> int:
    return link.priority


def _asked(request: "AttachmentRequest", number: int, network: Network) -> NetworkRequest:
    if number < len(request.endpoints):
        return request.endpoints[number]
    return NetworkRequest(name=network.name)


def _free(prefix: str, used: set[str]) -> str:
    """The first name that is free, taken from now on."""
    number = 0
    while f"{prefix}{number}" in used:
        number += 1
    name = f"{prefix}{number}"
    used.add(name)
    return name
