"""The address that a container asks for: whose it is already, and what host-local is told."""

from typing import Any

import pytest

from nerdpy.cni.conflist import ID_FIELD, Network
from nerdpy.network.asked_address import owner_of, with_room_for
from nerdpy.network.conflist import ConflistOptions, build_conflist
from nerdpy.network.pools import parse_pools
from nerdpy.network.request import NetworkRequest

POOLS = parse_pools(
    ["10.5.0.0/24", "fd00:5::/64"],
    gateways=["10.5.0.254"],
    ip_ranges=["10.5.0.128/26"],
    aux_addresses=["printer=10.5.0.130"],
)


def network(**more: Any) -> Network:
    options = ConflistOptions(request=NetworkRequest(name="front"), pools=tuple(POOLS))
    content = build_conflist(options, addresses="/books")
    return Network(name="front", content=content | more)


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("10.5.0.130", 'reserved for "printer" (--aux-address)'),
        ("10.5.0.254", "the gateway's"),
        ("10.5.0.0", "the subnet's own"),
        ("10.5.0.255", "the subnet's broadcast address"),
        ("fd00:5::1", "the gateway's"),
        ("fd00:5::", "the subnet's own"),
        ("10.5.0.1", ""),
        ("10.5.0.131", ""),
        ("fd00:5::ffff:ffff:ffff:ffff", ""),
    ],
)
def test_some_addresses_are_somebodys_from_the_beginning(address: str, owner: str) -> None:
    assert owner_of(network(), address) == owner


def test_what_is_asked_for_may_lie_outside_the_range() -> None:
    found = network()
    plugin = found.plugins[0]
    v4, v6 = with_room_for(found, plugin, ["10.5.0.7", ""])["ipam"]["ranges"]
    assert v4 == [
        {
            "subnet": "10.5.0.0/24",
            "gateway": "10.5.0.254",
            "rangeStart": "10.5.0.7",
            "rangeEnd": "10.5.0.7",
        }
    ]
    assert v6 == plugin["ipam"]["ranges"][1]
    assert with_room_for(found, plugin, ["", "fd00:5::9"])["ipam"]["ranges"] == [
        plugin["ipam"]["ranges"][0],
        [{"subnet": "fd00:5::/64", "rangeStart": "fd00:5::9", "rangeEnd": "fd00:5::9"}],
    ]


@pytest.mark.parametrize("wanted", [("", ""), ("10.5.0.130", ""), ("10.5.0.254", ""), ("10.9.9.9", "")])
def test_nothing_changes_for_those_who_ask_for_none_or_for_somebodys(wanted: tuple[str, str]) -> None:
    found = network()
    assert with_room_for(found, found.plugins[0], wanted) == found.plugins[0]


def test_the_range_of_a_strangers_file_holds() -> None:
    found = network(**{ID_FIELD: ""})
    assert with_room_for(found, found.plugins[0], ["10.5.0.7"]) == found.plugins[0]
