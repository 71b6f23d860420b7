"""A conflist as docker's JSON and as a row."""

import hashlib
from datetime import UTC, datetime

from nerdpy.dockercompat.network import Endpoint, network_json, network_row

WHEN = datetime(2026, 1, 2, 3, 4, 5, 600, UTC)
FRONT = {
    "name": "front",
    "nerdctlID": "ab" * 32,
    "nerdctlLabels": {
        "a": "1",
        "nerdctl/network-aux-addresses": '{"10.5.0.0/24":{"printer":"10.5.0.7"}}',
    },
    "plugins": [
        {
            "type": "bridge",
            "bridge": "br-ab",
            "isGateway": True,
            "ipMasq": True,
            "mtu": 1400,
            "ipam": {
                "type": "host-local",
                "ranges": [
                    [{"subnet": "10.5.0.0/24", "ipRange": "10.5.0.0/25"}, {"subnet": "10.5.0.0/24"}],
                    [{"subnet": "fd00::/64", "gateway": "fd00::9"}],
                ],
            },
        },
        {"type": "firewall", "ingressPolicy": "isolated"},
    ],
}


def test_addresses_are_shown_once_for_each_subnet() -> None:
    shown = network_json(FRONT, created_at=WHEN)
    assert shown["IPAM"]["Config"] == [
        {
            "Subnet": "10.5.0.0/24",
            "IPRange": "10.5.0.0/25",
            "Gateway": "10.5.0.1",
            "AuxiliaryAddresses": {"printer": "10.5.0.7"},
        },
        {"Subnet": "fd00::/64", "Gateway": "fd00::9"},
    ]
    assert shown["EnableIPv6"] is True
    assert shown["Labels"] == {"a": "1"}
    assert shown["Options"] == {
        "com.docker.network.driver.mtu": "1400",
        "com.docker.network.bridge.name": "br-ab",
        "com.docker.network.bridge.enable_icc": "false",
    }
    assert shown["Created"] == "2026-01-02T03:04:05.000600Z"


def test_containers_are_keyed_by_id() -> None:
    one = Endpoint(container_id="c1", name="web", mac_address="02:42:0a:05:00:02", address="10.5.0.2/24")
    shown = network_json(FRONT, created_at=WHEN, endpoints=[one])["Containers"]["c1"]
    assert {key: shown[key] for key in ("Name", "IPv4Address", "IPv6Address")} == {
        "Name": "web",
        "IPv4Address": "10.5.0.2/24",
        "IPv6Address": "",
    }


def test_a_row_shortens_the_id() -> None:
    row = network_row(FRONT, created_at=WHEN, no_trunc=False)
    assert (row.ID, row.Driver, row.Scope, row.IPv6, row.Labels) == (
        "ab" * 6,
        "bridge",
        "local",
        "true",
        "a=1",
    )
    assert network_row(FRONT, created_at=WHEN, no_trunc=True).ID == "ab" * 32


def test_a_strangers_file_with_hardly_anything_is_no_crash() -> None:
    content = {"name": "odd", "plugins": [{"type": "macvlan", "ipam": {"type": "dhcp"}}]}
    shown = network_json(content, created_at=WHEN)
    assert (shown["Id"], shown["IPAM"]["Driver"], shown["IPAM"]["Config"]) == (
        hashlib.sha256(b"odd").hexdigest(),
        "dhcp",
        [],
    )
    assert (shown["EnableIPv4"], shown["Options"], shown["Attachable"]) == (True, {}, False)
    assert network_row({"name": "none", "plugins": []}, created_at=WHEN, no_trunc=False).Driver == ""


def test_what_was_noted_at_creation_is_shown() -> None:
    noted = {
        "options": {"com.docker.network.bridge.gateway_mode_ipv4": "routed"},
        "internal": True,
        "attachable": True,
        "ipam_options": {"a": "1"},
    }
    shown = network_json(FRONT | {"nerdpy": noted}, created_at=WHEN)
    assert shown["Options"] == noted["options"]
    assert (shown["Internal"], shown["Attachable"]) == (True, True)
    assert shown["IPAM"]["Options"] == {"a": "1"}
    assert shown["IPAM"]["Config"][0]["Gateway"] == "10.5.0.1"


def test_the_default_network_shows_all_that_docker_shows() -> None:
    labels = {"nerdctl/default-network": "true"}
    content = FRONT | {"nerdctlLabels": labels, "nerdpy": {"options": {}, "link": "br-ab"}}
    assert network_json(content, created_at=WHEN)["Options"] == {
        "com.docker.network.bridge.default_bridge": "true",
        "com.docker.network.bridge.enable_icc": "false",
        "com.docker.network.bridge.enable_ip_masquerade": "true",
        "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
        "com.docker.network.bridge.name": "br-ab",
        "com.docker.network.driver.mtu": "1400",
    }
