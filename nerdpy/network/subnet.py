"""Which subnets are taken on this machine, and the first that is not."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_interface, ip_network

from nerdpy.cni.conflist import Network
from nerdpy.errors import InvalidArgument, ResourceExhausted
from nerdpy.linux.addresses import addresses, routes

AnyNetwork = IPv4Network | IPv6Network
AnyAddress = IPv4Address | IPv6Address


def first_free(taken: Iterable[AnyNetwork], *, first: int = 1) -> str:
    """The first /24 from 10.4.`first`.0 up that overlaps nothing."""
    used = [one for one in taken if one.version == 4]
    for number in range(first, 4 * 256):
        candidate = IPv4Network((0x0A040000 + (number << 8), 24))
        if not any(candidate.overlaps(one) for one in used):
            return str(candidate)
    raise ResourceExhausted(
        "no free subnet in 10.4.0.0/14", hint="name one with --subnet, or remove networks nobody uses"
    )


def overlapping(subnet: AnyNetwork, taken: Iterable[AnyNetwork]) -> AnyNetwork | None:
    """The first of `taken` that shares an address with the subnet."""
    return next((one for one in taken if one.version == subnet.version and _overlap(subnet, one)), None)


def _overlap(one: AnyNetwork, other: AnyNetwork) -> bool:
    first = max(int(one.network_address), int(other.network_address))
    return first <= min(int(one.broadcast_address), int(other.broadcast_address))


def network_of_bridge_ip(text: str) -> tuple[AnyNetwork, AnyAddress]:
    """`bridge_ip` of nerdpy.toml, as 10.1.100.1/24 -> (subnet, gateway)."""
    try:
        interface = ip_interface(text)
    except ValueError as error:
        raise InvalidArgument(
            f'bridge_ip "{text}" is no address with a prefix length', hint="write it as 10.4.0.1/24"
        ) from error
    if interface.ip == interface.network.network_address:
        raise InvalidArgument(
            f'bridge_ip "{text}" is the network\'s own address', hint="write it as 10.4.0.1/24"
        )
    return interface.network, interface.ip


def taken_subnets(networks: Iterable[Network]) -> list[AnyNetwork]:
    """What the machine's interfaces, its routes, and its networks' files occupy."""
    taken: list[AnyNetwork] = [one.address.network for one in addresses()]
    taken += routes()
    for network in networks:
        for text in network.subnets():
            try:
                taken.append(ip_network(text, strict=False))
            except ValueError:
                continue
    return taken
