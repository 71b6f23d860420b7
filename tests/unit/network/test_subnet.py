"""Subnets that are free, in the pools of nerdpy.toml and without."""

from ipaddress import IPv6Network, ip_network

import pytest

from nerdpy.errors import ResourceExhausted
from nerdpy.network.subnet import first_free, within

POOLS = (("172.30.0.0/16", 24), ("fd12:3456::/32", 64))


def test_pools_of_the_settings_come_first() -> None:
    taken = [
        ip_network(text) for text in ("172.30.0.0/24", "172.30.1.128/25", "10.0.0.0/8", "fd12:3456::/48")
    ]
    assert first_free(taken, pools=POOLS) == "172.30.2.0/24"
    assert first_free(taken, pools=POOLS, version=6) == "fd12:3456:1::/64"
    assert first_free([], pools=POOLS[1:]) == "10.4.1.0/24"


def test_a_second_pool_follows_a_full_one() -> None:
    pools = (("172.30.0.0/24", 25), ("172.31.0.0/16", 24))
    taken = [ip_network("172.30.0.0/25"), ip_network("172.30.0.128/25")]
    assert first_free(taken, pools=pools) == "172.31.0.0/24"
    with pytest.raises(ResourceExhausted, match=r"172\.30\.0\.0/24"):
        first_free(taken, pools=pools[:1])


def test_ipv6_without_a_pool_is_a_random_local_64() -> None:
    found = {IPv6Network(first_free([], version=6)) for _ in range(5)}
    assert len(found) == 5
    assert all(one.prefixlen == 64 and one.subnet_of(IPv6Network("fd00::/8")) for one in found)


@pytest.mark.parametrize(
    ("route", "found"),
    [
        ("10.0.0.0/8", "172.24.1.0/24"),  # a company's VPN
        ("10.4.0.0/16", "10.5.0.0/24"),
        ("10.5.0.0/24", "10.4.1.0/24"),
    ],
)
def test_what_lies_behind_a_router_is_avoided(route: str, found: str) -> None:
    assert first_free([], routed=[ip_network(route)]) == found


def test_routes_to_everywhere_leave_room_for_networks() -> None:
    halves = [ip_network("0.0.0.0/1"), ip_network("128.0.0.0/1"), ip_network("fc00::/7")]
    assert first_free([], routed=halves) == "10.4.1.0/24"
    assert first_free([ip_network("10.4.0.0/15")], routed=halves) == "10.6.0.0/24"
    assert first_free([], routed=halves, pools=POOLS) == "172.30.0.0/24"
    assert IPv6Network(first_free([], routed=halves, version=6)).prefixlen == 64


def test_what_an_interface_has_is_never_given_away() -> None:
    everything = [ip_network("10.0.0.0/8"), ip_network("172.16.0.0/12"), ip_network("fd00::/8")]
    with pytest.raises(ResourceExhausted, match=r"10\.4\.0\.0/14, 172\.24\.0\.0/14"):
        first_free(everything)
    with pytest.raises(ResourceExhausted, match="fd00::/8"):
        first_free(everything, version=6)


def test_a_subnet_may_be_a_part_of_what_a_wider_route_leads_to() -> None:
    routes = [ip_network(text) for text in ("10.0.0.0/8", "10.5.0.0/24", "10.5.0.128/25", "fd00::/8")]
    assert within(ip_network("10.6.0.0/24"), routes[:1]) == []
    assert within(ip_network("10.5.0.0/24"), routes) == routes[1:3]
