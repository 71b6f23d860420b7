"""Network files as nerdpy reads them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nerdpy.cni.conflist import Network
from nerdpy.dockercompat.network import network_json, network_row


def network(**content: Any) -> Network:
    return Network(
        name="front", content={"name": "front", "plugins": [{"type": "bridge", "isGateway": True}]} | content
    )


def options(**given: str) -> dict[str, Any]:
    return {"options": {f"com.docker.network.bridge.{key}": value for key, value in given.items()}}


def test_a_network_of_others_has_dockers_defaults() -> None:
    found = network()
    assert (found.gateway_mode(4), found.gateway_mode(6)) == ("nat", "nat")
    assert (found.host_binding, found.interface_prefix, found.options) == ("", "eth", {})
    assert not found.is_internal
    assert network(plugins=[{"type": "bridge"}]).is_internal
    assert not network(plugins=[{"type": "macvlan"}]).is_internal


def test_what_was_noted_counts() -> None:
    found = network(nerdpy=options(gateway_mode_ipv6="routed", host_binding_ipv4="127.0.0.1"))
    assert (found.gateway_mode(4), found.gateway_mode(6)) == ("nat", "routed")
    assert found.host_binding == "127.0.0.1"
    assert network(nerdpy={"internal": True}).is_internal
    assert network(
        nerdpy={"options": {"com.docker.network.container_iface_prefix": "net"}}
    ).interface_prefix == ("net")


def test_a_subnet_that_is_parted_by_reserved_addresses_is_one() -> None:
    parts = [{"subnet": "10.5.0.0/24"}, {"subnet": "10.5.0.0/24"}]
    assert list(network(plugins=[{"type": "bridge", "ipam": {"ranges": [parts]}}]).subnets()) == [
        "10.5.0.0/24"
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {"nerdctlLabels": "x"},
        {"nerdctlLabels": {"a": 5}},
        {"nerdpy": [1]},
        {"nerdpy": {"options": [1]}},
        {"plugins": [{"type": "bridge", "ipam": "x"}]},
        {"plugins": [{"type": "bridge", "ipam": {"ranges": 5}}]},
        {"plugins": [{"type": "bridge", "ipam": {"ranges": [5, [5], [], [{"subnet": 5}]]}}]},
        {"plugins": []},
    ],
)
def test_no_file_of_a_stranger_breaks_a_listing(odd: dict[str, Any]) -> None:
    found = network(**odd)
    assert list(found.subnets()) == []
    assert all(isinstance(value, str) for value in found.labels.values())
    assert (found.gateway_mode(4), found.has_ipv6, found.options) == ("nat", False, {})
    assert network_json(found.content, created_at=datetime(2026, 1, 1, tzinfo=UTC))["Name"] == "front"
    assert network_row(found.content, created_at=datetime(2026, 1, 1, tzinfo=UTC), no_trunc=True).ID


def test_a_note_that_makes_no_sense_is_passed_over() -> None:
    assert network(nerdpy="odd").gateway_mode(4) == "nat"
