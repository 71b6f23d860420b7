"""Which subnets are taken on this machine, and the first that is not."""

import os
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_interface, ip_network

from nerdpy.cni.conflist import Network
from nerdpy.errors import InvalidArgument, ResourceExhausted
from nerdpy.linux.addresses import addresses, routes

AnyNetwork = IPv4Network | IPv6Network
AnyAddress = IPv4Address | IPv6Address
AddressPool = tuple[str, int]
"""Base and prefix length of `default_address_pools`."""

USUAL_POOL: AddressPool = ("10.4.0.0/14", 24)
"""What nerdctl takes, too: 10.4.0.0/24 for the default network, then 10.4.1.0/24 and so on."""
_MOST = 1 << 16
"""Candidates of one pool that are looked at."""


def first_free(
    taken: Iterable[AnyNetwork], *, first: int = 1, pools: Sequence[AddressPool] = (), version: int = 4
) -> str:
    """The first subnet of the pools that overlaps nothing.

    Without pools: of 10.4.0.0/14 from the `first` /24 on, or for IPv6 a random /64 of fd00::/8 (RFC 4193).
    """
    used = [one for one in taken if one.version == version]
    own = [(ip_network(base), size) for base, size in pools]
    own = [(base, size) for base, size in own if base.version == version]
    if not own and version == 6:
        return _random_ula(used)
    start = 0 if own else first
    for base, size in own or [(ip_network(USUAL_POOL[0]), USUAL_POOL[1])]:
        found = _first_of(base, size, start, used)
        if found is not None:
            return str(found)
    shown = ", ".join(str(base) for base, _ in own) or USUAL_POOL[0]
    raise ResourceExhausted(
        f"no free subnet in {shown}", hint="name one with --subnet, or remove networks nobody uses"
    )


def _first_of(base: AnyNetwork, size: int, start: int, used: Sequence[AnyNetwork]) -> AnyNetwork | None:
    """Steps over what is taken: a wide neighbour costs one look, not one for each subnet in it."""
    step = 1 << (base.max_prefixlen - size)
    number, last = int(base.network_address) + start * step, int(base.broadcast_address)
    for _ in range(_MOST):
        if number + step - 1 > last:
            return None
        candidate = ip_network((number, size))
        other = overlapping(candidate, used)
        if other is None:
            return candidate
        number = max(number + step, int(other.broadcast_address) // step * step + step)
    return None


def _random_ula(used: Sequence[AnyNetwork]) -> str:
    while True:
        candidate = IPv6Network((b"\xfd" + os.urandom(7) + bytes(8), 64))
        if overlapping(candidate, used) is None:
            return str(candidate)


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


def taken_subnets(networks: Iterable[Network], *, but: int = 0) -> list[AnyNetwork]:
    """What the machine's interfaces (without the one numbered `but`), routes, and networks' files occupy."""
    here = addresses()
    ignored = {one.address.network for one in here if one.index == but}
    taken: list[AnyNetwork] = [one.address.network for one in here if one.index != but]
    taken += [one for one in routes() if one not in ignored]
    return taken + subnets_of(networks)


def subnets_of(networks: Iterable[Network]) -> list[AnyNetwork]:
    """What networks' files occupy."""
    found: list[AnyNetwork] = []
    for network in networks:
        for text in network.subnets():
            try:
                found.append(ip_network(text, strict=False))
            except ValueError:
                continue
    return found
