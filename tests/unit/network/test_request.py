"""What `network create` was asked for: what goes together, and what does not."""

from typing import Any

import pytest

from nerdpy.errors import NerdpyError
from nerdpy.network.driver_options import parse_driver_options
from nerdpy.network.lease_options import LeaseOptions, parse_lease_options
from nerdpy.network.pools import parse_pools
from nerdpy.network.request import parse_request

DHCP = LeaseOptions(driver="dhcp")


def bridge(*options: str, subnets: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {"options": parse_driver_options("bridge", options), "pools": parse_pools(subnets), **more}


@pytest.mark.parametrize(
    ("name", "asked", "complaint"),
    [
        ("host", {}, "reserved"),
        ("front", {"labels": {"nerdctl/default-network": "true"}}, "not for users"),
        ("a/b", {}, "invalid network name"),
        ("front", {"has_ipv4": False}, "needs IPv4 or IPv6"),
        (
            "front",
            bridge(subnets=("10.5.0.0/24",), has_ipv4=False, has_ipv6=True),
            "excludes an IPv4 --subnet",
        ),
        ("front", bridge("com.docker.network.enable_ipv4=false"), "needs IPv4 or IPv6"),
        ("front", bridge(subnets=("10.5.0.0/24", "10.6.0.0/24")), "has one IPv4 subnet"),
        ("front", bridge("mtu=1200", has_ipv6=True), "too small for IPv6"),
        ("front", bridge("inhibit_ipv4=true", has_ipv6=True), "does not go with --ipv6"),
        ("front", bridge("gateway_mode_ipv4=isolated"), "for internal networks"),
        (
            "front",
            bridge("gateway_mode_ipv4=isolated", is_internal=True, has_ipv6=True),
            "holds for IPv4 and IPv6 together",
        ),
        ("front", bridge(subnets=("10.5.0.0/24",), leases=DHCP), "not for the IPAM driver dhcp"),
        ("front", {"leases": DHCP, "has_ipv6": True}, "IPv4 addresses only"),
    ],
)
def test_what_does_not_go_together_is_refused(name: str, asked: dict[str, Any], complaint: str) -> None:
    with pytest.raises(NerdpyError, match=complaint):
        parse_request(name, **asked)


def test_families_may_be_asked_for_by_options() -> None:
    options = parse_driver_options("bridge", [], {"com.docker.network.enable_ipv6": "true"})
    request = parse_request("front", options=options)
    assert request.has_family(4)
    assert request.has_family(6)
    assert parse_request("front", **bridge("gateway_mode_ipv4=isolated", is_internal=True)).is_internal


def test_options_of_docker_and_of_nerdctl_are_one() -> None:
    long = ["com.docker.network.driver.mtu=1400", "com.docker.network.bridge.enable_icc=false"]
    assert parse_driver_options("bridge", ["mtu=1400", "icc=false"]) == parse_driver_options("bridge", long)
    assert parse_driver_options("ipvlan", ["mode=l3s"]).given == {"ipvlan_mode": "l3s"}


def test_what_is_said_beats_the_default() -> None:
    defaults = {"com.docker.network.driver.mtu": "1400", "com.docker.network.bridge.enable_icc": "false"}
    options = parse_driver_options("bridge", ["mtu=1300"], defaults)
    assert (options.mtu, options.isolates) == (1300, True)
    with pytest.raises(NerdpyError, match='default_network_opts: driver "bridge" has no option "color"'):
        parse_driver_options("bridge", [], {"color": "red"})


@pytest.mark.parametrize(
    ("driver", "text", "complaint"),
    [
        ("overlay", "", "for swarm"),
        ("host", "", 'one network with the driver "host"'),
        ("bridge", "gateway_mode_ipv4=bridged", 'no gateway mode "bridged"'),
        ("bridge", "host_binding_ipv4=fd00::1", "is no IPv4 address"),
        ("bridge", "mtu=12", "between 68 and 65535"),
        ("bridge", "mtu=٣", "is no number"),
        ("bridge", "parent=eth0", 'has no option "parent"'),
        ("bridge", "com.docker.network.host_ipv4=192.0.2.1", 'option "com.docker.network.host_ipv4" is not'),
        ("bridge", "com.docker.network.container_iface_prefix=eth1", "leaves no room for a number"),
        ("macvlan", "parent=lo", "loopback"),
        ("ipvlan", "ipvlan_flag=private", "makes bridges only"),
        ("ipvlan", "ipvlan_mode=l4", "has no mode"),
    ],
)
def test_options_that_make_no_sense_are_refused(driver: str, text: str, complaint: str) -> None:
    with pytest.raises(NerdpyError, match=complaint):
        parse_driver_options(driver, [text])


def test_a_dhcp_server_is_told_the_host_name_and_what_else_was_asked() -> None:
    given = [
        'vendor-class-identifier={"type":"provide","value":"box"}',
        'ntp-servers={"type":"request","skipDefault":true}',
    ]
    assert parse_lease_options("dhcp", given).plugin() == {
        "type": "dhcp",
        "daemonSocketPath": "/run/cni/dhcp.sock",
        "provide": [
            {"option": "host-name", "fromArg": "NERDCTL_CNI_DHCP_HOSTNAME"},
            {"option": "vendor-class-identifier", "value": "box"},
        ],
        "request": [{"option": "ntp-servers", "skipDefault": True}],
    }
    renamed = parse_lease_options("dhcp", ['host-name={"type":"provide","value":"me"}'])
    assert renamed.plugin()["provide"] == [{"option": "host-name", "value": "me"}]
    assert parse_lease_options("default", []) == LeaseOptions()


@pytest.mark.parametrize(
    ("driver", "text", "complaint"),
    [
        ("default", "a=1", 'IPAM driver "default" has no option "a"'),
        ("dhcp", "a=1", "invalid --ipam-opt"),
        ("dhcp", "a={", "invalid --ipam-opt"),
        ("dhcp", 'a={"type":"offer"}', "invalid --ipam-opt"),
        ("dhcp", 'a={"type":"provide"}', "provide a value or fromArg"),
        ("dhcp", 'a={"type":"provide","value":"x","fromArg":"y"}', "provide a value or fromArg"),
        ("dhcp", 'a={"type":"provide","value":1}', '"value" does not fit'),
        ("dhcp", 'a={"type":"request","value":"x"}', '"value" does not fit'),
    ],
)
def test_lease_options_that_make_no_sense_are_refused(driver: str, text: str, complaint: str) -> None:
    with pytest.raises(NerdpyError, match=complaint):
        parse_lease_options(driver, [text])
