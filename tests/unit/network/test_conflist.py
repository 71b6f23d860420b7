"""Options -> the network's file, as nerdctl reads it too."""

import pytest

from nerdpy.cni.conflist import Network, network_id
from nerdpy.errors import InvalidArgument, NerdpyError
from nerdpy.network.conflist import ConflistOptions, build_conflist
from nerdpy.network.driver_options import parse_driver_options
from nerdpy.network.pools import parse_pools
from nerdpy.network.request import NetworkRequest
from nerdpy.network.rules import OwnRules, is_replaced, loaded, parse_summary, saved
from nerdpy.network.ruleset import network_script, skeleton_script, withdrawal_script


def built(
    name: str = "front",
    driver: str = "bridge",
    *texts: str,
    subnets: tuple[str, ...] = ("10.5.0.0/24",),
    **more: object,
) -> Network:
    request = NetworkRequest(
        name=name,
        driver=driver,  # type: ignore[arg-type]  # the tests' own words
        options=parse_driver_options(driver, texts),
        **more,  # type: ignore[arg-type]  # as above
    )
    options = ConflistOptions(request=request, pools=tuple(parse_pools(subnets)))
    return Network(name=name, content=build_conflist(options, addresses="/run/ipam"))


def types(network: Network) -> list[str]:
    return [plugin["type"] for plugin in network.plugins]


def test_a_bridge_has_nerdctls_chain_and_names() -> None:
    network = built()
    assert types(network) == ["bridge", "portmap", "firewall", "tuning"]
    assert network.id == network_id("front")
    assert network.bridge == f"br-{network.id[:12]}"
    assert network.plugins[0]["ipam"] == {
        "type": "host-local",
        "dataDir": "/run/ipam",
        "routes": [{"dst": "0.0.0.0/0"}],
        "ranges": [[{"subnet": "10.5.0.0/24"}]],
    }


def test_an_internal_network_has_no_way_out() -> None:
    network = built(is_internal=True)
    assert types(network) == ["bridge", "firewall", "tuning"]
    assert network.is_internal
    assert "ipMasq" not in network.plugins[0]
    assert "routes" not in network.plugins[0]["ipam"]


def test_ipv6_asks_for_addresses_by_capability() -> None:
    network = built(subnets=("10.5.0.0/24", "fd00:5::/64"))
    assert network.plugins[0]["capabilities"] == {"ips": True}
    assert network.has_ipv6
    assert network.plugins[0]["ipam"]["routes"] == [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]


def test_dockers_option_names_are_understood() -> None:
    network = built(
        "front",
        "bridge",
        "com.docker.network.driver.mtu=1400",
        "com.docker.network.bridge.enable_ip_masquerade=false",
        "com.docker.network.bridge.enable_icc=false",
    )
    assert network.plugins[0]["mtu"] == 1400
    assert "ipMasq" not in network.plugins[0]
    assert network.plugins[2]["ingressPolicy"] == "isolated"


def test_vlan_networks_have_a_parent_and_a_mode() -> None:
    assert built("lan", "macvlan", "parent=eth0").plugins[0]["mode"] == "bridge"
    assert built("lan", "ipvlan", "parent=eth0", "ipvlan_mode=l3").plugins[0]["mode"] == "l3"


@pytest.mark.parametrize(
    ("driver", "text", "complaint"),
    [
        ("weave", "", 'driver "weave" is not known'),
        ("bridge", "color=red", 'has no option "color"'),
        ("bridge", "mtu=big", "is no number"),
        ("bridge", "icc=perhaps", "icc"),
        ("bridge", "com.docker.network.bridge.name=../../x", "cannot be the name of an interface"),
        ("macvlan", "mode=l3", "has no mode"),
    ],
)
def test_unknown_options_are_refused(driver: str, text: str, complaint: str) -> None:
    with pytest.raises(NerdpyError, match=complaint):
        parse_driver_options(driver, [text] if text else [])


def test_a_reserved_address_is_remembered_in_a_label() -> None:
    pools = tuple(parse_pools(["10.5.0.0/24"], aux_addresses=["printer=10.5.0.7"]))
    options = ConflistOptions(request=NetworkRequest(name="front"), pools=pools)
    content = build_conflist(options, addresses="/run/ipam")
    assert content["nerdctlLabels"] == {
        "nerdctl/network-aux-addresses": '{"10.5.0.0/24":{"printer":"10.5.0.7"}}'
    }


RULES = OwnRules(bridge="br0", subnets=("10.5.0.0/24", "fd00::/64"), masquerades=True, isolates=True)


def test_our_rules_survive_record_and_comment() -> None:
    assert loaded(saved(RULES)) == RULES
    assert parse_summary("br0", RULES.summary) == RULES


def test_a_networks_elements_are_added_and_deleted_alike() -> None:
    added = network_script(RULES).splitlines()
    assert 'add element inet nerdpy home4 { 10.5.0.0/24 . "br0" }' in added
    assert "add element inet nerdpy masqueraded6 { fd00::/64 }" in added
    removed = [line for line in withdrawal_script(RULES).splitlines() if line.startswith("delete")]
    assert len(removed) == len(added) + 1  # and what firewalld knows of it
    assert "flush chain inet nerdpy forward" in skeleton_script()


@pytest.mark.parametrize(
    ("plugin", "expected"),
    [
        ({"type": "portmap", "capabilities": {}}, True),
        ({"type": "tuning"}, True),
        ({"type": "tuning", "sysctl": {"net.core.somaxconn": "5"}}, False),
        ({"type": "bandwidth"}, False),
    ],
)
def test_only_plugins_that_our_rules_stand_in_for_are_left_out(
    plugin: dict[str, object], expected: bool
) -> None:
    assert is_replaced(plugin) is expected


def test_a_name_too_long_for_the_kernel_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="interface"):
        parse_driver_options("bridge", ["name=a-very-long-interface"])
