"""Subnets that are free, in the pools of nerdpy.toml and without."""

from ipaddress import IPv6Network, ip_network

import pytest

from nerdpy.errors import ResourceExhausted
from nerdpy.network.subnet import first_free

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
