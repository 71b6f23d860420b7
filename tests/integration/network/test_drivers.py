"""What each kind of network lets through, seen from inside its containers."""

import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from nerdpy import errors
from nerdpy.errors import Conflict, NotFound
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping
from nerdpy.network.attachment import Attachment
from nerdpy.network.create import create, parse_request
from nerdpy.network.driver_options import parse_driver_options
from nerdpy.network.pools import parse_pools
from nerdpy.network.rm import take_away
from tests.integration.network.conftest import Lab, shell


def make(
    lab: Lab, name: str, *options: str, driver: str = "bridge", subnets: tuple[str, ...] = (), **more: Any
) -> None:
    request = parse_request(
        name,
        driver,
        pools=parse_pools(subnets, **more.pop("addresses", {})),
        options=parse_driver_options(driver, options),
        **more,
    )
    create(lab.engine, request)


def run(lab: Lab, one: Attachment, *command: str) -> str:
    done = subprocess.run([*lab.inside(one), *command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def interfaces() -> set[str]:
    return {name for _, name in socket.if_nameindex()}


def test_dual_stack_reaches_out_and_in_on_both(lab: Lab, lan: str) -> None:
    make(lab, "dual", "com.docker.network.driver.mtu=1420", has_ipv6=True)
    server = lab.join("web", "dual", ports=(PortMapping(container_port=80, host_port=8080),))
    client = lab.join("client", "dual")
    lab.serve(server, 80, "hello")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    here, there = server.networks[0], client.networks[0]
    assert here.address6.startswith("fd")
    assert "mtu 1420" in run(lab, server, "ip", "-o", "link", "show", "eth0")
    assert lab.ask(here.address, 80, source=client) == f"hello {there.address}"
    assert lab.ask(here.address6, 80, source=client) == f"hello {there.address6}"
    assert lab.ask(here.address, 80) == f"hello {here.gateway}"
    assert lab.ask(here.address6, 80) == f"hello {here.gateway6}"
    assert lab.ask("192.0.2.2", 99, source=client) == "lan 192.0.2.1"
    assert lab.ask("fd00:99::2", 99, source=client) == "lan fd00:99::1"
    assert lab.ask("192.0.2.1", 8080, source=lan) == "hello 192.0.2.2"
    assert lab.ask("fd00:99::1", 8080, source=lan) == "hello fd00:99::2"
    for one in (server, client):
        lab.leave(one)


def test_ipv6_alone_has_no_ipv4(lab: Lab) -> None:
    make(lab, "six", has_ipv4=False, has_ipv6=True)
    server, client = lab.join("web", "six"), lab.join("client", "six")
    lab.serve(server, 80, "hello")
    assert server.networks[0].address == ""
    assert lab.ask(server.networks[0].address6, 80, source=client).startswith("hello fd")
    assert "169.254" not in run(lab, server, "ip", "-4", "-o", "address", "show", "eth0")
    for one in (server, client):
        lab.leave(one)


def test_an_interface_of_a_network_without_ipv6_has_none_of_its_own_making(lab: Lab) -> None:
    make(lab, "four")
    make(lab, "dual", has_ipv6=True)
    one = lab.join("one", "four", "dual")
    has_ipv6 = run(lab, one, "ip", "-6", "-o", "address", "show").split()
    assert ("lo" in has_ipv6, "eth0" in has_ipv6, "eth1" in has_ipv6) == (True, False, True)
    lab.leave(one)
    asked = (NetworkRequest(name="four", link_local_ips=("fe80::77",)),)
    one = lab.join("one", "four", endpoints=asked)
    assert "fe80::77/64" in run(lab, one, "ip", "-6", "-o", "address", "show", "eth0")
    lab.leave(one)


def test_an_internal_network_is_reached_by_its_members_and_the_host_alone(lab: Lab, lan: str) -> None:
    make(lab, "inner", is_internal=True)
    make(lab, "outer")
    server, client = lab.join("web", "inner"), lab.join("client", "inner")
    stranger = lab.join("stranger", "outer")
    lab.serve(server, 80, "hello")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    address, gateway = server.networks[0].address, server.networks[0].gateway
    assert lab.ask(address, 80, source=client).startswith("hello")
    assert lab.ask(address, 80) == f"hello {gateway}"
    assert "unreachable" in lab.ask("192.0.2.2", 99, source=client)
    run(lab, client, "ip", "route", "add", "default", "via", gateway)
    assert "lan" not in lab.ask("192.0.2.2", 99, source=client, patience=0.5)
    assert "hello" not in lab.ask(address, 80, source=stranger, patience=0.5)
    assert "hello" not in lab.ask(address, 80, source=lan, patience=0.5)
    for one in (server, client, stranger):
        lab.leave(one)


def test_without_icc_members_do_not_reach_each_other_even_by_way_of_the_host(lab: Lab, lan: str) -> None:
    make(lab, "apart", "com.docker.network.bridge.enable_icc=false")
    server = lab.join("web", "apart", ports=(PortMapping(container_port=80, host_port=8080),))
    client = lab.join("client", "apart")
    lab.serve(server, 80, "hello")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    address, gateway = server.networks[0].address, server.networks[0].gateway
    assert "hello" not in lab.ask(address, 80, source=client, patience=0.5)
    run(lab, client, "ip", "route", "add", f"{address}/32", "via", gateway)
    assert "hello" not in lab.ask(address, 80, source=client, patience=0.5)
    assert lab.ask(address, 80).startswith("hello")
    assert lab.ask("192.0.2.1", 8080, source=lan) == "hello 192.0.2.2"
    assert lab.ask("192.0.2.2", 99, source=client) == "lan 192.0.2.1"
    for one in (server, client):
        lab.leave(one)


def test_addresses_come_from_the_range_and_never_the_reserved_ones(lab: Lab) -> None:
    make(
        lab,
        "ranged",
        subnets=("10.88.0.0/24",),
        addresses={
            "ip_ranges": ["10.88.0.16/29"],
            "gateways": ["10.88.0.17"],
            "aux_addresses": ["printer=10.88.0.19", "scanner=10.88.0.21"],
        },
    )
    with pytest.raises(Conflict, match=r"10\.88\.0\.19"):
        lab.join("greedy", "ranged", ip="10.88.0.19")
    joined = [lab.join(f"c{number}", "ranged") for number in range(5)]
    given = {one.networks[0].address for one in joined}
    assert given == {f"10.88.0.{last}" for last in (16, 18, 20, 22, 23)}
    assert {one.networks[0].gateway for one in joined} == {"10.88.0.17"}
    joined.append(lab.join("static", "ranged", ip="10.88.0.200"))
    assert joined[-1].networks[0].address == "10.88.0.200"
    lab.serve(joined[-1], 80, "static")
    assert lab.ask("10.88.0.200", 80, source=joined[0]).startswith("static")
    with pytest.raises(Conflict, match=r"address 10\.88\.0\.200 cannot be had"):
        lab.join("twin", "ranged", ip="10.88.0.200")
    for one in joined:
        lab.leave(one)


def test_an_inhibited_bridge_leaves_the_gateways_address_to_another_router(lab: Lab) -> None:
    make(lab, "routed", "inhibit_ipv4=true", subnets=("10.89.0.0/24",))
    one = lab.join("one", "routed")
    bridge = lab.engine.cni.networks()[0].bridge
    shown = subprocess.run(
        ["ip", "-4", "-o", "address", "show", bridge], capture_output=True, text=True
    ).stdout
    assert shown == ""
    assert "default via 10.89.0.1" in run(lab, one, "ip", "route")
    lab.leave(one)


def test_interfaces_are_called_as_asked(lab: Lab) -> None:
    make(lab, "named", "com.docker.network.container_iface_prefix=net")
    one = lab.join("one", "named")
    assert one.networks[0].interface == "net0"
    assert "net0" in run(lab, one, "ip", "-o", "link")
    lab.leave(one)


def test_a_bridge_that_is_there_is_used_and_stays(lab: Lab) -> None:
    shell("""
        ip link add shared0 type bridge
        ip address add 10.87.0.1/24 dev shared0
        ip link set shared0 up
    """)
    make(lab, "mine", "com.docker.network.bridge.name=shared0", subnets=("10.87.0.0/24",))
    with pytest.raises(Conflict, match='bridge "shared0" belongs to network "mine"'):
        make(lab, "yours", "name=shared0")
    one = lab.join("one", "mine")
    lab.serve(one, 80, "hello")
    assert lab.ask(one.networks[0].address, 80) == "hello 10.87.0.1"
    lab.leave(one)
    take_away(lab.engine, next(network for network in lab.engine.cni.networks() if network.name == "mine"))
    assert "shared0" in interfaces()
    shell("ip link del shared0")


@pytest.fixture
def wire(machine: None) -> Iterator[str]:
    """An interface to build on, with a host at its other end: 10.86.0.1."""
    shell("""
        ip netns add far
        ip link add wire0 type veth peer name eth0 netns far
        ip link set wire0 up
        ip -n far address add 10.86.0.1/24 dev eth0
        ip -n far link set eth0 up
    """)
    yield "wire0"
    shell("ip link del wire0\nip netns del far")


def test_macvlan_stands_on_the_parents_wire(lab: Lab, wire: str) -> None:
    make(lab, "wired", f"parent={wire}", driver="macvlan", subnets=("10.86.0.0/24",))
    make(
        lab,
        "closed",
        f"parent={wire}",
        "macvlan_mode=private",
        driver="macvlan",
        subnets=("10.85.0.0/24",),
        is_internal=True,
    )
    first, second = lab.join("first", "wired"), lab.join("second", "wired")
    lab.serve(first, 80, "hello")
    lab.start_server("far", ["ip", "netns", "exec", "far"], 99, "far")
    address = first.networks[0].address
    assert lab.ask(address, 80, source=second) == f"hello {second.networks[0].address}"
    assert lab.ask(address, 80, source="far") == "hello 10.86.0.1"
    assert lab.ask("10.86.0.1", 99, source=first) == f"far {address}"
    inner = [lab.join(name, "closed") for name in ("third", "fourth")]
    lab.serve(inner[0], 80, "secret")
    assert "default" not in run(lab, inner[0], "ip", "route")
    assert "secret" not in lab.ask(inner[0].networks[0].address, 80, source=inner[1], patience=0.5)
    for one in (first, second, *inner):
        lab.leave(one)
    with pytest.raises(Conflict, match='"wire0" is the parent of network'):
        make(lab, "whole", f"parent={wire}", "macvlan_mode=passthru", driver="macvlan")


def test_a_parent_that_cannot_be_is_named_and_nothing_stays(lab: Lab, wire: str) -> None:
    for options, kind, complaint in (
        (("parent=nowhere",), NotFound, 'no interface "nowhere"'),
        (("parent=nowhere.5",), NotFound, 'no interface "nowhere" for VLAN 5'),
        ((f"parent={wire}.9999",), NotFound, "from 1 to 4094|no interface"),
    ):
        with pytest.raises(kind, match=complaint):
            make(lab, "bad", *options, driver="macvlan")
    for words, option in (("VLAN", (f"parent={wire}.10",)), ("dummy", ())):
        if not _makes(words.lower()):
            with pytest.raises(errors.NotImplemented, match=f"no {words} interfaces"):
                make(lab, "bad", *option, driver="macvlan")
    assert lab.engine.cni.networks() == []


def _makes(kind: str) -> bool:
    """Has the kernel this kind of interface?"""
    before, after = (["link", "wire0"], ["id", "5"]) if kind == "vlan" else ([], [])
    command = ["ip", "link", "add", *before, "trial0", "type", kind, *after]
    is_made = subprocess.run(command, capture_output=True, check=False).returncode == 0
    subprocess.run(["ip", "link", "del", "trial0"], capture_output=True, check=False)
    return is_made
