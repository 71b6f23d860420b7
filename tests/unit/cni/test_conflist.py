"""Network files as nerdpy reads them."""

from typing import Any

from nerdpy.cni.conflist import Network


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


def test_a_note_that_makes_no_sense_is_passed_over() -> None:
    assert network(nerdpy="odd").gateway_mode(4) == "nat"
