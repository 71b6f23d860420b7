"""--subnet, --gateway, --ip-range, --aux-address -> ranges."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.network.pools import parse_pools


def test_a_subnet_alone_is_one_plain_range() -> None:
    assert [pool.ranges() for pool in parse_pools(["10.5.0.0/24"])] == [[{"subnet": "10.5.0.0/24"}]]


def test_a_range_gives_first_and_last_address_and_is_remembered() -> None:
    (pool,) = parse_pools(["10.5.0.0/16"], ip_ranges=["10.5.7.0/24"], gateways=["10.5.0.9"])
    assert pool.ranges() == [
        {
            "subnet": "10.5.0.0/16",
            "rangeStart": "10.5.7.0",
            "rangeEnd": "10.5.7.255",
            "gateway": "10.5.0.9",
            "ipRange": "10.5.7.0/24",
        }
    ]


def test_reserved_addresses_part_the_range() -> None:
    (pool,) = parse_pools(["10.5.0.0/28"], aux_addresses=["printer=10.5.0.5", "router=10.5.0.14"])
    assert [(part["rangeStart"], part["rangeEnd"]) for part in pool.ranges()] == [
        ("10.5.0.1", "10.5.0.4"),
        ("10.5.0.6", "10.5.0.13"),
    ]
    assert {part["gateway"] for part in pool.ranges()} == {"10.5.0.1"}


def test_each_gateway_goes_to_the_subnet_that_contains_it() -> None:
    pools = parse_pools(["10.5.0.0/24", "fd00::/64"], gateways=["fd00::9", "10.5.0.254"])
    assert [str(pool.router) for pool in pools] == ["10.5.0.254", "fd00::9"]


def test_several_values_may_be_parted_by_commas() -> None:
    pools = parse_pools(["10.5.0.0/24,fd00::/64"], gateways=["10.5.0.9,fd00::9"], ip_ranges=["10.5.0.64/26"])
    assert [str(pool.router) for pool in pools] == ["10.5.0.9", "fd00::9"]
    assert str(pools[0].ip_range) == "10.5.0.64/26"


def test_a_range_may_be_a_single_address() -> None:
    (pool,) = parse_pools(["10.5.0.0/24"], ip_ranges=["10.5.0.7/32"])
    assert [(one["rangeStart"], one["rangeEnd"]) for one in pool.ranges()] == [("10.5.0.7", "10.5.0.7")]


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        ({"subnets": ["10.5.0.1/24"]}, "is no network address"),
        ({"subnets": ["10.5.0.0"]}, "no prefix length"),
        ({"subnets": ["moon"]}, "invalid --subnet"),
        ({"subnets": ["10.5.0.0/31"]}, "no room"),
        ({"subnets": ["224.0.0.0/24"]}, "multicast"),
        ({"subnets": ["ff02::/64"]}, "multicast"),
        ({"subnets": ["0.0.0.0/24"]}, "this network"),
        ({"subnets": ["::ffff:0:0/112"]}, "mapped IPv4"),
        ({"subnets": ["10.5.0.0/24", "10.5.0.128/25"]}, "overlaps"),
        ({"subnets": [], "gateways": ["10.5.0.1"]}, "need a --subnet"),
        ({"subnets": ["10.5.0.0/24"], "gateways": ["10.6.0.1"]}, "lies in none"),
        ({"subnets": ["10.5.0.0/24"], "gateways": ["fd00::1"]}, "lies in none"),
        ({"subnets": ["10.5.0.0/24"], "gateways": ["10.5.0.1", "10.5.0.2"]}, "given two values"),
        ({"subnets": ["10.5.0.0/24"], "ip_ranges": ["10.0.0.0/8"]}, "lies in none"),
        ({"subnets": ["10.5.0.0/24"], "aux_addresses": ["a=10.5.0.1"]}, "address already in use"),
        ({"subnets": ["10.5.0.0/24"], "aux_addresses": ["10.5.0.7"]}, "invalid --aux-address"),
        ({"subnets": ["10.5.0.0/24"], "aux_addresses": ["a=10.5.0.7", "b=10.5.0.7"]}, "already in use"),
        ({"subnets": ["10.5.0.0/24"], "aux_addresses": ["a=10.5.0.7", "a=10.5.0.8"]}, "given twice"),
        ({"subnets": ["10.5.0.0/24"], "aux_addresses": ["a=10.5.0.255"]}, "no host's address"),
        ({"subnets": ["10.5.0.0/24"], "gateways": ["10.5.0.0"]}, "no host's address"),
        ({"subnets": ["10.5.0.0/24"], "gateways": ["10.5.0.255"]}, "no host's address"),
        ({"subnets": ["10.5.0.0/24"], "ip_ranges": ["10.5.0.5/28"]}, "is no network address"),
        ({"subnets": ["10.5.0.0/24"], "ip_ranges": ["10.5.0.1/32"]}, "no address of 10.5.0.1/32 is left"),
        ({"subnets": ["10.5.0.0/30"], "aux_addresses": ["a=10.5.0.2"]}, "is left for containers"),
    ],
)
def test_what_makes_no_sense_is_refused(flags: dict[str, list[str]], complaint: str) -> None:
    with pytest.raises(InvalidArgument, match=complaint):
        parse_pools(**flags)
