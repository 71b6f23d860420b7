"""Which of several networks gives the default routes and has the ports, and what interfaces are called."""

import json
from pathlib import Path
from typing import Any

import pytest

from nerdpy.cni.conflist import Network
from nerdpy.errors import Conflict, InvalidArgument
from nerdpy.model.endpoint_option import IFNAME
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping
from nerdpy.network.attach import AttachmentRequest
from nerdpy.network.attachment import Link, load_record, save_record
from nerdpy.network.check import check_request
from nerdpy.network.plan import asked_of, gateway_of, interface_names, plan_links, publisher_of
from nerdpy.network.route_fields import families, without_default_routes

V4, V6 = {"dst": "0.0.0.0/0"}, {"dst": "::/0"}


def link(name: str, *versions: int, priority: int = 0, can_publish: bool = False) -> Link:
    return Link(
        name=name,
        network_id="",
        interface="",
        plugins=[],
        arguments={},
        families=list(versions),
        priority=priority,
        can_publish=can_publish,
    )


def network(name: str, *routes: dict[str, str], driver: str = "macvlan", **more: Any) -> Network:
    ranges = [[{"subnet": "fd00::/64" if route is V6 else "10.1.0.0/16"}] for route in routes]
    plugin = {
        "type": driver,
        "ipam": {"type": "host-local", "ranges": ranges, "routes": list(routes)},
        **more,
    }
    portmap = {"type": "portmap", "capabilities": {"portMappings": True}}
    return Network(name=name, content={"name": name, "plugins": [plugin, portmap]})


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], ("", "")),
        ([link("a", 4), link("b", 4)], ("a", "")),
        ([link("b", 4), link("a", 4)], ("b", "")),
        ([link("a", 4), link("b", 4, priority=1)], ("b", "")),
        ([link("a", 4, priority=-1), link("b", 4)], ("b", "")),
        ([link("a"), link("b", 4, 6)], ("b", "b")),
        ([link("a", 4, priority=5), link("b", 4, 6)], ("a", "b")),
        ([link("a", priority=5), link("b", 6), link("c", 4)], ("c", "b")),
    ],
)
def test_the_highest_priority_leads_out_in_each_family_that_it_has(
    links: list[Link], expected: tuple[str, str]
) -> None:
    winners = (gateway_of(links, family) for family in (4, 6))
    assert tuple(winner.name if winner else "" for winner in winners) == expected


def test_ports_lead_to_the_highest_that_can_publish() -> None:
    links = [link("a", priority=9), link("b", can_publish=True), link("c", can_publish=True, priority=1)]
    assert publisher_of(links) is links[2]
    assert publisher_of(links[:2]) is links[1]
    assert publisher_of(links[:1]) is None


def test_interfaces_are_counted_past_those_that_are_named() -> None:
    networks = [network("a", V4), network("b", V4), network("c", V4)]
    asked = [NetworkRequest(name="a"), NetworkRequest(name="b", driver_options=((IFNAME, "eth0"),))]
    assert interface_names(networks[:2], asked) == ["eth1", "eth0"]
    plain = [NetworkRequest(name=name) for name in "abc"]
    assert interface_names(networks, plain, ["eth1"]) == ["eth0", "eth2", "eth3"]
    with pytest.raises(Conflict, match='"eth0"'):
        interface_names(networks[1:2], asked[1:], ["eth0"])


def test_each_network_is_told_its_own_wishes_and_one_alone_the_way_out() -> None:
    port = PortMapping(container_port=80, host_port=8080)
    asked = NetworkRequest(
        name="b", ip="10.1.0.9", mac_address="02:42:00:00:00:01", aliases=("x",), priority=1
    )
    request = AttachmentRequest(
        container_id="1",
        netns_path=Path("/x"),
        networks=(network("a", V4, V6), network("b", V4)),
        endpoints=(NetworkRequest(name="a"), asked),
        ports=(port,),
    )
    first, second = plan_links(request)
    assert first.plugins[0]["ipam"]["routes"] == [V6], "the second has no IPv6"
    assert second.plugins[0]["ipam"]["routes"] == [V4]
    assert [first.publishes, second.publishes] == [False, True]
    assert "runtimeConfig" not in first.plugins[1] or not first.plugins[1]["runtimeConfig"]
    (told,) = second.plugins[1]["runtimeConfig"]["portMappings"]
    assert (told["hostPort"], told["containerPort"]) == (8080, 80)
    assert (second.arguments["IP"], second.arguments["MAC"]) == (asked.ip, asked.mac_address)
    assert "IP" not in first.arguments
    assert asked_of(second) == asked


def test_a_gateway_that_is_not_wanted_keeps_its_address_on_the_bridge() -> None:
    subnets = {"ranges": [[{"subnet": "10.1.0.0/16"}], [{"subnet": "fd00::/64"}]]}
    plugin = {"type": "bridge", "isDefaultGateway": True, "ipam": subnets}
    assert families([plugin]) == [4, 6]
    less = without_default_routes(plugin, [4])
    assert (less["isGateway"], less["ipam"]["routes"]) == (True, [V6])
    assert "isDefaultGateway" not in less
    assert families([less]) == [6]
    assert without_default_routes(plugin, []) is plugin
    assert families([{"type": "macvlan", "ipam": {"type": "dhcp"}}]) == [4]


def test_records_of_older_releases_are_read(tmp_path: Path) -> None:
    plugin = {"type": "bridge", "ipam": {"type": "host-local", "routes": [V4]}}
    old = {"name": "a", "network_id": "", "interface": "eth0", "plugins": [plugin], "arguments": {}}
    names = {"name": "web", "aliases": ["x"], "extra_hosts": []}
    content = {
        "state": "attached",
        "netns": "/x",
        "links": [old | {"publishes": True}, old | {"name": "b", "plugins": []}],
        "ports": [],
        "names": names,
        "ip": "10.1.0.9",
        "ip6": "",
        "mac_address": "",
    }
    path = tmp_path / "network.json"
    path.write_text(json.dumps(content))
    record = load_record(path)
    assert record is not None
    first, second = record.links
    assert (first.ip, first.aliases, first.families, first.can_publish) == ("10.1.0.9", ["x"], [4], True)
    assert (second.ip, second.aliases, second.families, second.can_publish) == ("", [], [], False)
    save_record(path, record)
    assert load_record(path) == record


@pytest.mark.parametrize(
    ("driver", "asked", "words"),
    [
        ("ipvlan", {"mac_address": "02:42:00:00:00:01"}, "gives no MAC address by choice"),
        ("bridge", {"ip": "10.2.0.1"}, "no configured subnet"),
        ("bridge", {"ip6": "fd01::1"}, "no configured subnet"),
    ],
)
def test_what_a_network_cannot_give_is_refused(driver: str, asked: dict[str, Any], words: str) -> None:
    one = network("a", V4, V6, driver=driver)
    one.content["nerdctlID"] = "1"
    with pytest.raises(InvalidArgument, match=words):
        check_request(one, NetworkRequest(name="a", **asked))
    check_request(one, NetworkRequest(name="a", ip="10.1.2.3", ip6="fd00::7"))
