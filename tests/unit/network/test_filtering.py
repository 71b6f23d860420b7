"""Filters of networks, and subnets that are free."""

from ipaddress import ip_network

import pytest

from nerdpy.errors import InvalidArgument, NerdpyError
from nerdpy.network.filtering import Seen, matches, parse_filters
from nerdpy.network.subnet import first_free, network_of_bridge_ip, overlapping

SEEN = Seen(name="front", id="abc123", driver="bridge", labels={"a": "1", "b": ""}, is_dangling=True)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], True),
        (["name=ron"], True),
        (["name=^fr.nt$"], True),
        (["name=^ront"], False),
        (["name=back", "name=front"], True),
        (["name=back"], False),
        (["id=abc"], True),
        (["driver=macvlan"], False),
        (["scope=local"], True),
        (["scope=swarm"], False),
        (["type=custom"], True),
        (["type=builtin"], False),
        (["dangling=true"], True),
        (["dangling=0"], False),
        (["label=a"], True),
        (["label=a=1", "label=b"], True),
        (["label=a=2"], False),
        (["label=a", "name=x"], False),
    ],
)
def test_one_key_is_or_and_several_are_and(filters: list[str], expected: bool) -> None:
    assert matches(SEEN, parse_filters(filters)) is expected


@pytest.mark.parametrize("text", ["color=red", "name", "type=odd", "dangling=perhaps", "name=("])
def test_what_no_filter_is_is_refused(text: str) -> None:
    with pytest.raises(NerdpyError, match="filter"):
        matches(SEEN, parse_filters([text]))


def test_the_first_subnet_that_overlaps_nothing_is_free() -> None:
    taken = [ip_network(text) for text in ("10.4.1.0/24", "10.4.2.0/25", "10.4.3.7/32", "fd00::/64")]
    assert first_free(taken) == "10.4.4.0/24"
    assert first_free([], first=0) == "10.4.0.0/24"


def test_overlap_is_seen_both_ways_and_never_between_families() -> None:
    taken = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
    assert overlapping(ip_network("10.5.0.0/24"), taken) == taken[0]
    assert overlapping(ip_network("fd00::/64"), taken) == taken[1]
    assert overlapping(ip_network("192.0.2.0/24"), taken) is None


def test_bridge_ip_is_network_and_gateway() -> None:
    network, address = network_of_bridge_ip("10.9.0.5/16")
    assert (str(network), str(address)) == ("10.9.0.0/16", "10.9.0.5")
    for text in ("10.9.0.0/16", "moon", "10.9.0.300/16"):
        with pytest.raises(InvalidArgument):
            network_of_bridge_ip(text)
