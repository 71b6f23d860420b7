"""Which subnets are taken on this machine, and the first that is not.

What interfaces and networks have is taken. What lies behind a router (a VPN's 10.0.0.0/8, or 0.0.0.0/1, which
stands for a default route) is avoided only as long as there is something else: else a machine with such a
route could have no network at all, and the narrower subnet wins over the route.
"""

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

USUAL_POOLS: tuple[AddressPool, ...] = (("10.4.0.0/14", 24), ("172.24.0.0/14", 24))
"""The first is what nerdctl takes, too: 10.4.0.0/24 for the default network, then 10.4.1.0/24 and so on; the
second is for machines where all of 10.0.0.0/8 is somebody's."""
_MOST = 1 << 16
"""Candidates of one pool that are looked at."""
_MOST_RANDOM = 64


def first_free(
    taken: Iterable[AnyNetwork],
    *,
    routed: Iterable[AnyNetwork] = (),
    first: int = 1,
    pools: Sequence[AddressPool] = (),
    version: int = 4,
) -> str:
    """The first subnet of the pools that overlaps nothing, or at least nothing of `taken`.

    Without pools: of 10.4.0.0/14 from the `first` /24 on, or for IPv6 a random /64 of fd00::/8 (RFC 4193).
    """
    used = [one for one in taken if one.version == version]
    beyond = [one for one in routed if one.version == version]
    own = [(ip_network(base), size) for base, size in pools]
    own = [(base, size) for base, size in own if base.version == version]
    usual = [(ip_network(base), size) for base, size in USUAL_POOLS] if version == 4 else []
    start = 0 if own else first
    for avoided in ([*used, *beyond], used):
        candidates = (_first_of(base, size, start, avoided) for base, size in own or usual)
        is_random = version == 6 and not own
        found = _random_ula(avoided) if is_random else next(filter(None, candidates), None)
        if found is not None:
            return str(found)
    shown = ", ".join(str(base) for base, _ in own or usual) or "fd00::/8"
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


def _random_ula(used: Sequence[AnyNetwork]) -> IPv6Network | None:
    for _ in range(_MOST_RANDOM):
        candidate = IPv6Network((b"\xfd" + os.urandom(7) + bytes(8), 64))
        if overlapping(candidate, used) is None:
            return candidate
    return None


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


def occupied(*, but: int = 0) -> tuple[list[AnyNetwork], list[AnyNetwork]]:
    """What the machine's interfaces (without the one numbered `but`) have, and what its routes lead to."""
    found = addresses()
    ignored = {one.address.network for one in found if one.index == but}
    here: list[AnyNetwork] = [one.address.network for one in found if one.index != but]
    return here, [one for one in routes() if one not in ignored]


def within(subnet: AnyNetwork, routed: Iterable[AnyNetwork]) -> list[AnyNetwork]:
    """The routes that a bridge with this subnet would cut off: to the same addresses, or to some of them."""
    return [one for one in routed if one.version == subnet.version and one.prefixlen >= subnet.prefixlen]


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
