"""Network files as nerdpy reads them."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nerdpy.cni.client import Cni
from nerdpy.cni.conflist import Network, parse_network
from nerdpy.config import Config
from nerdpy.dockercompat.network import network_json, network_row
from nerdpy.errors import InvalidArgument


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


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 200_000, "is not JSON"),
        ('{"name": "../../x", "plugins": []}', '"../../x" cannot be the name'),
        ('{"name": "..", "plugins": []}', "cannot be the name"),
        ('{"name": "a", "plugins": {}}', "no plugins"),
        ('{"name": "a", "type": ["bridge"]}', '"type"'),
        ('{"name": "a", "type": "bridge", "ipam": 5}', '"ipam"'),
        ('{"name": "a", "type": "bridge", "capabilities": ["ips"]}', '"capabilities"'),
        ('{"name": "a", "type": "bridge", "ipam": {"routes": ["x"]}}', '"routes"'),
        ('{"name": "a", "type": "bridge", "ipam": {"routes": [{"dst": []}]}}', '"dst"'),
    ],
)
def test_what_no_plugin_could_read_is_no_network(text: str, reason: str) -> None:
    with pytest.raises(InvalidArgument, match=reason):
        parse_network(text)


def test_fields_that_are_null_are_as_good_as_missing() -> None:
    text = '{"name": "a", "plugins": [{"type": "bridge", "ipam": {"routes": null}, "capabilities": null}]}'
    assert parse_network(text).driver == "bridge"


def test_what_lies_in_the_folder_besides_networks_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "good.conf").write_text('{"name": "good", "type": "bridge"}')
    (tmp_path / "folder.conf").mkdir()
    (tmp_path / "broken.conflist").write_text("{")
    (tmp_path / "nowhere.conflist").symlink_to("/nonexistent/x")
    (tmp_path / "linked.conf").symlink_to("good.conf")
    os.mkfifo(tmp_path / "pipe.json")
    cni, warnings = Cni.of(Config(cni_netconfpath=str(tmp_path))), list[str]()
    assert [network.name for network in cni.networks(warnings.append)] == ["good"]
    assert [network.name for network in cni.networks_of_all_namespaces()] == ["good", "good"]
    broken, twice, nowhere, pipe = warnings
    assert "broken.conflist" in broken
    assert "good.conf" in twice
    assert "linked.conf" in twice
    assert nowhere.endswith('nowhere.conflist" is skipped: no such file or directory')
    assert pipe.endswith("it is no regular file")
