"""Published ports: who reaches them, by which way, and who must not; with other firewalls beside ours."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nerdpy.linux.nftables import run_script
from nerdpy.model.ports import PortMapping
from nerdpy.network import rules
from nerdpy.network.create import create
from nerdpy.network.driver_options import parse_driver_options
from nerdpy.network.publish import mend_if_flushed
from nerdpy.network.request import parse_request
from nerdpy.network.rm import take_away
from tests.integration.network.conftest import Lab, cut_wire, lay_wire, shell

MODE = "com.docker.network.bridge.gateway_mode_ipv{}={}"

ECHO = """
import socket, sys
one = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
one.settimeout(3)
one.sendto(bytes((8, 0, 0xF7, 0xFF, 0, 0, 0, 0)), (sys.argv[1], 0))
one.recv(100)
"""


def web(port: int, **more: object) -> tuple[PortMapping, ...]:
    return (PortMapping(container_port=80, host_port=port, **more),)  # type: ignore[arg-type]  # the tests' own words


def make(lab: Lab, name: str, *options: str) -> None:
    create(lab.engine, parse_request(name, options=parse_driver_options("bridge", options), has_ipv6=True))


def forget(lab: Lab, name: str) -> None:
    take_away(lab.engine, next(one for one in lab.engine.cni.networks() if one.name == name))


def ruleset() -> str:
    return subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True).stdout


def test_whoever_has_a_route_to_a_container_reaches_only_what_its_network_opens(lab: Lab, lan: str) -> None:
    make(lab, "closed")
    make(lab, "open", MODE.format(4, "nat-unprotected"))
    make(lab, "routed", MODE.format(4, "routed"), MODE.format(6, "routed"))
    closed = lab.join("closed", "closed", ports=web(8080))
    bare = lab.join("open", "open")
    routed = lab.join("routed", "routed", ports=web(8081))
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    for one in (closed, bare, routed):
        lab.serve(one, 80, one.networks[0].name)
        lab.serve(one, 81, "secret")
    home = {one.networks[0].name: one.networks[0] for one in (closed, bare, routed)}

    assert lab.ask("192.0.2.1", 8080, source=lan) == "closed 192.0.2.2"
    for address in (home["closed"].address, home["closed"].address6, home["open"].address6):
        assert "timed out" in lab.ask(address, 80, source=lan, patience=0.4)
    assert lab.ask(home["open"].address, 81, source=lan) == "secret 192.0.2.2"

    assert lab.ask(home["routed"].address, 80, source=lan) == "routed 192.0.2.2"
    assert lab.ask(home["routed"].address6, 80, source=lan) == "routed fd00:99::2"
    for address in (home["routed"].address, home["routed"].address6):
        assert "timed out" in lab.ask(address, 81, source=lan, patience=0.4)
        assert lab.ask(address, 80, source=closed).startswith("routed ")
    subprocess.run(
        ["ip", "netns", "exec", lan, sys.executable, "-c", ECHO, home["routed"].address], check=True
    )
    assert lab.ask("192.0.2.2", 99, source=routed) == f"lan {home['routed'].address}"
    assert lab.ask("fd00:99::2", 99, source=routed) == f"lan {home['routed'].address6}"
    assert lab.ask("192.0.2.2", 99, source=closed) == "lan 192.0.2.1"
    for one in (closed, bare, routed):
        lab.leave(one)


def test_a_neighbour_does_not_reach_what_is_published_on_loopback(lab: Lab, lan: str) -> None:
    server = lab.join("web", ports=web(8080, host_ip="127.0.0.1"))
    lab.serve(server, 80, "secret")
    assert lab.ask("127.0.0.1", 8080).startswith("secret")
    shell("""
        ip -n lan address del 127.0.0.1/8 dev lo
        ip -n lan route add 127.0.0.0/8 via 192.0.2.1 src 192.0.2.2
    """)
    for knob in ("all", "eth0"):
        words = f"echo 1 >/proc/sys/net/ipv4/conf/{knob}/route_localnet"
        subprocess.run(["ip", "netns", "exec", lan, "sh", "-c", words], check=True)
    Path("/proc/sys/net/ipv4/conf/lan0/route_localnet").write_text("1")  # as kube-proxy has it everywhere
    assert "timed out" in lab.ask("127.0.0.1", 8080, source=lan, patience=0.5)
    lab.leave(server)


def test_a_neighbour_does_not_reach_the_host_by_its_address_on_a_bridge(lab: Lab, lan: str) -> None:
    make(lab, "closed")
    make(lab, "open", MODE.format(4, "nat-unprotected"))
    closed, bare = lab.join("closed", "closed", ports=web(8080)), lab.join("open", "open")
    lab.serve(closed, 80, "web")
    lab.start_server("host", [], 98, "host")
    home = closed.networks[0]
    for gateway in (home.gateway, home.gateway6):
        assert "timed out" in lab.ask(gateway, 98, source=lan, patience=0.4)
        assert "timed out" in lab.ask(gateway, 8080, source=lan, patience=0.4)
        for source in (None, closed, bare):
            assert lab.ask(gateway, 98, source=source).startswith("host ")
            assert lab.ask(gateway, 8080, source=source).startswith("web ")
    assert lab.ask(bare.networks[0].gateway, 98, source=lan) == "host 192.0.2.2"
    assert lab.ask("192.0.2.1", 98, source=lan) == "host 192.0.2.2"
    lab.stop("host")
    for one in (closed, bare):
        lab.leave(one)


def test_containers_reach_a_published_port_by_the_hosts_address(lab: Lab, lan: str) -> None:
    make(lab, "front")
    make(lab, "back")
    server = lab.join("web", "back", ports=web(8080))
    lab.serve(server, 80, "hello")
    neighbour, stranger = lab.join("neighbour", "back"), lab.join("stranger", "front")
    for address in ("192.0.2.1", "fd00:99::1"):
        assert lab.ask(address, 8080) == f"hello {address}"
        for one in (server, neighbour, stranger):
            assert lab.ask(address, 8080, source=one).startswith("hello ")
    for one in (server, neighbour, stranger):
        lab.leave(one)


@pytest.fixture
def wan(machine: None) -> Iterator[str]:
    """A wire besides `lan`, with 198.51.100.2 and fd00:98::2 on it."""
    lay_wire("wan", "198.51.100", "fd00:98")
    yield "wan"
    cut_wire("wan")


@pytest.fixture
def no_router(machine: None) -> Iterator[None]:
    """A machine that does not forward yet, as most are."""
    knobs = [Path("/proc/sys/net", one) for one in ("ipv4/ip_forward", "ipv6/conf/all/forwarding")]
    for knob in knobs:
        knob.write_text("0")
    yield
    for knob in knobs:
        knob.write_text("1")


def test_the_machine_does_not_become_a_router_for_its_neighbours(
    no_router: None, lab: Lab, lan: str, wan: str
) -> None:
    Path("/proc/sys/net/ipv6/conf/lan0/accept_ra").write_text("1")
    lab.start_server("wan", ["ip", "netns", "exec", wan], 99, "wan")
    make(lab, "ours")
    server = lab.join("web", "ours", ports=web(8080))
    lab.serve(server, 80, "hello")
    for address, gateway in (("198.51.100.2", "192.0.2.1"), ("fd00:98::2", "fd00:99::1")):
        assert "timed out" in lab.ask(address, 99, source=lan, patience=0.4)
        assert lab.ask(address, 99, source=server).startswith("wan ")
        assert lab.ask(gateway, 8080, source=lan).startswith("hello ")
    assert Path("/proc/sys/net/ipv6/conf/lan0/accept_ra").read_text() == "2\n"

    for name in ("switched", "there"):
        shell(f"nft flush set inet nerdpy {name}")
    assert lab.ask("198.51.100.2", 99, source=lan) == "wan 192.0.2.2"
    lab.leave(server)


def test_a_firewall_that_is_switched_on_later_cuts_nobody_off_for_long(lab: Lab, lan: str) -> None:
    for name in ("ours", "theirs"):
        make(lab, name)
    first = lab.join("first", "ours", ports=web(8080))
    lab.serve(first, 80, "first")
    for tool in ("iptables", "ip6tables"):
        subprocess.run([tool, "-P", "FORWARD", "DROP"], check=True)
    assert "timed out" in lab.ask("192.0.2.1", 8080, source=lan, patience=0.4)
    second = lab.join("second", "theirs")
    assert lab.ask("192.0.2.1", 8080, source=lan) == "first 192.0.2.2"
    shell("iptables -F\nip6tables -F")
    mend_if_flushed(lab.engine)
    assert lab.ask("192.0.2.1", 8080, source=lan) == "first 192.0.2.2"
    for one in (first, second):
        lab.leave(one)
    for name in ("ours", "theirs"):
        forget(lab, name)
    shell("nft delete table ip filter\nnft delete table ip6 filter")


@pytest.fixture
def flushed(machine: None) -> None:
    """No rules of earlier tests, which this one would take away."""
    subprocess.run(["nft", "flush", "ruleset"], check=True)


def test_what_somebody_flushed_is_put_back_for_all(flushed: None, lab: Lab) -> None:
    first = lab.join("first", ports=web(8080))
    lab.serve(first, 80, "first")
    gateway = first.networks[0].gateway
    subprocess.run(["nft", "flush", "ruleset"], check=True)
    second = lab.join("second", ports=web(8081))
    assert lab.ask(gateway, 8080).startswith("first")
    subprocess.run(["nft", "flush", "ruleset"], check=True)
    run_script(rules.skeleton())  # another engine on this machine was the first to notice
    mend_if_flushed(lab.engine)
    assert lab.ask(gateway, 8080).startswith("first")
    for one in (first, second):
        lab.leave(one)


def test_dockers_dropping_of_forwarded_packets_does_not_cut_us_off(lab: Lab, lan: str) -> None:
    for tool in ("iptables", "ip6tables"):
        subprocess.run([tool, "-P", "FORWARD", "DROP"], check=True)
    make(lab, "ours")
    server = lab.join("web", "ours", ports=web(8080))
    lab.serve(server, 80, "hello")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    assert lab.ask("192.0.2.1", 8080, source=lan) == "hello 192.0.2.2"
    assert lab.ask("fd00:99::1", 8080, source=lan) == "hello fd00:99::2"
    assert lab.ask("192.0.2.2", 99, source=server) == "lan 192.0.2.1"
    assert lab.ask("fd00:99::2", 99, source=server) == "lan fd00:99::1"
    lab.leave(server)
    forget(lab, "ours")
    assert "NERDPY-FORWARD" not in ruleset()
    shell("nft delete table ip filter\nnft delete table ip6 filter")


FIREWALLD = """
table inet firewalld {
  chain filter_INPUT {
    type filter hook input priority 10; policy accept;
    ct state established,related accept
    iifname "lo" accept
    reject
  }
  chain filter_FORWARD {
    type filter hook forward priority 10; policy accept;
    ct state established,related accept
    ct status dnat accept
    reject
  }
}
"""


def test_firewalld_lets_our_bridges_through(lab: Lab, lan: str) -> None:
    subprocess.run(["nft", "-f", "-"], input=FIREWALLD, text=True, check=True)
    make(lab, "ours")
    server = lab.join("web", "ours", ports=web(8080))
    lab.serve(server, 80, "hello")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    assert lab.ask("192.0.2.1", 8080, source=lan) == "hello 192.0.2.2"
    assert lab.ask("192.0.2.2", 99, source=server) == "lan 192.0.2.1"
    assert "timed out" in lab.ask(server.networks[0].address, 80, source=lan, patience=0.4)
    lab.leave(server)
    forget(lab, "ours")
    shown = subprocess.run(
        ["nft", "list", "table", "inet", "firewalld"], capture_output=True, text=True, check=True
    ).stdout
    assert "br-" not in shown
    shell("nft delete table inet firewalld")


def test_where_the_kernel_routes_no_loopback_the_socket_gets_what_comes_from_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "_LOCALNET", "/proc/sys/net/ipv4/conf/{}/no_such_knob")
    server = lab.join("web", ports=web(8080))
    lab.serve(server, 80, "hello")
    assert lab.ask(server.networks[0].gateway, 8080).startswith("hello")
    (holder,) = (one for one in lab.leases[server.container_id].sockets if one.family == socket.AF_INET)
    with socket.create_connection(("127.0.0.1", 8080), timeout=3) as client:
        accepted, peer = holder.accept()
        assert peer == client.getsockname()
        accepted.close()
    lab.leave(server)
