"""Attaching and detaching: reachable where it should be, and nothing stays."""

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nerdpy.engine import Engine
from nerdpy.errors import Conflict, NotFound, ResourceExhausted
from nerdpy.model.ports import PortMapping
from nerdpy.network.attach import detach, is_attached, load_attachment, reattach
from nerdpy.network.attachment import Attachment
from nerdpy.network.conflist import ConflistOptions, build_conflist
from nerdpy.network.create import create, parse_request
from nerdpy.network.driver_options import DriverOptions
from nerdpy.network.pools import parse_pools
from tests.integration.network.conftest import Lab, expect, left_behind
from tests.integration.support.waiting import eventually


def web(port: int, **more: object) -> tuple[PortMapping, ...]:
    return (PortMapping(container_port=80, host_port=port, **more),)  # type: ignore[arg-type]


def links_of_containers(lab: Lab) -> list[str]:
    return [one for one in left_behind(lab.engine) if one.startswith("veth")]


def routes_of(lab: Lab, one: Attachment) -> list[str]:
    done = subprocess.run([*lab.inside(one), "ip", "route"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def links_of(lab: Lab, one: Attachment) -> str:
    command = [*lab.inside(one), "ip", "-o", "link"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_published_port_is_reached_from_everywhere_while_a_socket_holds_it(lab: Lab) -> None:
    server = lab.join("web", ports=web(8080))
    client = lab.join("client")
    gateway = server.networks[0].gateway
    lab.serve(server, 80, "hello")
    assert lab.ask("127.0.0.1", 8080) == f"hello {gateway}"
    assert lab.ask(gateway, 8080) == f"hello {gateway}"
    assert lab.ask(server.networks[0].address, 80, source=client) == f"hello {client.networks[0].address}"
    assert lab.ask(gateway, 8080, source=client).startswith("hello ")
    assert lab.ask(gateway, 8080, source=server).startswith("hello ")
    for one in (server, client):
        lab.leave(one)


@pytest.fixture
def lan(machine: None) -> "object":
    """A neighbour of this machine on another wire: 192.0.2.2, and we are 192.0.2.1."""
    commands = """
        ip netns add lan
        ip link add lan0 type veth peer name eth0 netns lan
        ip address add 192.0.2.1/24 dev lan0
        ip link set lan0 up
        ip -n lan address add 192.0.2.2/24 dev eth0
        ip -n lan link set eth0 up
        ip -n lan link set lo up
    """
    for command in commands.strip().splitlines():
        subprocess.run(command.split(), check=True)
    yield "lan"
    subprocess.run(["ip", "netns", "del", "lan"], check=True)
    eventually(lambda: not Path("/sys/class/net/lan0").exists())


def test_a_neighbour_reaches_the_port_and_is_seen_by_its_own_address(lab: Lab, lan: str) -> None:
    server = lab.join(
        "web", ports=(*web(8080), *web(8081, host_ip="127.0.0.1"), *web(8082, host_ip="192.0.2.1"))
    )
    lab.serve(server, 80, "hello")
    assert lab.ask("192.0.2.1", 8080, source=lan) == "hello 192.0.2.2"
    assert lab.ask("192.0.2.1", 8082, source=lan) == "hello 192.0.2.2"
    assert "refused" in lab.ask("192.0.2.1", 8081, source=lan)
    assert lab.ask("127.0.0.1", 8081).startswith("hello")
    assert "refused" in lab.ask("127.0.0.1", 8082)
    lab.leave(server)
    assert "refused" in lab.ask("192.0.2.1", 8080, source=lan)


def test_a_container_goes_out_under_the_hosts_address(lab: Lab, lan: str) -> None:
    client = lab.join("client")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    assert lab.ask("192.0.2.2", 99, source=client) == "lan 192.0.2.1"
    lab.leave(client)


def test_a_udp_peer_that_never_stops_asking_reaches_the_restarted_container(lab: Lab, lan: str) -> None:
    port = (PortMapping(container_port=53, host_port=5353, protocol="udp"),)

    def ask() -> str:
        return lab.ask("192.0.2.1", 5353, source=lan, kind="udp", patience=0.3, own_port=5000)

    for word in ("first", "second"):
        assert "timed out" in ask() or "refused" in ask()
        server = lab.join("dns", ports=port)
        lab.serve(server, 53, word, "udp")
        assert ask().startswith(word)
        lab.leave(server)


def test_a_network_with_ipv6_publishes_on_both(lab: Lab) -> None:
    create(lab.engine, parse_request("six", pools=parse_pools(["fd00:77::/64"]), has_ipv6=True))
    server = lab.join("web", "six", ports=web(8080))
    assert server.networks[0].address6.startswith("fd00:77::")
    assert server.networks[0].address.startswith("10.4.")
    lab.serve(server, 80, "hello")
    assert lab.ask("127.0.0.1", 8080).startswith("hello")
    assert lab.ask("fd00:77::1", 8080).startswith("hello")
    lab.leave(server)


def test_other_networks_do_not_reach_it_but_by_its_published_port(lab: Lab) -> None:
    create(lab.engine, parse_request("front"))
    create(lab.engine, parse_request("back"))
    server = lab.join("web", "back", ports=web(8080))
    lab.serve(server, 80, "hello")
    client = lab.join("client", "front")
    assert "timed out" in lab.ask(server.networks[0].address, 80, source=client, patience=0.5)
    assert lab.ask(client.networks[0].gateway, 8080, source=client).startswith("hello")
    for one in (server, client):
        lab.leave(one)


def test_the_first_network_gives_the_default_route(lab: Lab) -> None:
    create(lab.engine, parse_request("front"))
    one = lab.join("both", "front", "bridge")
    default = [line for line in routes_of(lab, one) if line.startswith("default")]
    assert [network.interface for network in one.networks] == ["eth0", "eth1"]
    assert len(default) == 1
    assert one.networks[0].gateway in default[0]
    lab.leave(one)


def test_guests_of_a_bridge_do_not_reach_the_hosts_loopback(lab: Lab) -> None:
    server = lab.join("web", ports=web(8080))
    guest = lab.join("guest")
    lab.start_server("host", [], 631, "secret")
    inside = lab.inside(guest)
    gateway = guest.networks[0].gateway
    subprocess.run([*inside, "ip", "addr", "del", "127.0.0.1/8", "dev", "lo"], check=True)
    subprocess.run([*inside, "ip", "route", "add", "127.0.0.0/8", "via", gateway], check=True)
    for knob in ("all", "eth0"):
        words = f"echo 1 >/proc/sys/net/ipv4/conf/{knob}/route_localnet"
        subprocess.run([*inside, "sh", "-c", words], check=True)
    assert "secret" not in lab.ask("127.0.0.1", 631, source=guest, patience=0.5)
    for one in (server, guest):
        lab.leave(one)


def test_eight_first_attachments_at_once(lab: Lab) -> None:
    with ThreadPoolExecutor(8) as pool:
        ports = [web(9000 + number) for number in range(8)]
        joined = list(pool.map(lambda port: Lab(Engine(lab.engine.config)).join("same", ports=port), ports))
        assert len({one.networks[0].address for one in joined}) == 8
        assert len(lab.engine.cni.networks()) == 1
        for number, one in enumerate(joined):
            lab.serve(one, 80, str(number))
            assert lab.ask("127.0.0.1", 9000 + number).split()[0] == str(number)
        lab.close()
        list(pool.map(lambda one: detach(lab.engine, one.container_id), joined))


def test_detaching_works_twice_and_without_the_networks_file(lab: Lab) -> None:
    network = create(lab.engine, parse_request("front"))
    one = lab.join("web", "front", ports=web(8080))
    assert network.path is not None
    kept = network.path.read_text()
    network.path.unlink()
    lab.leave(one)
    detach(lab.engine, one.container_id)
    assert not is_attached(lab.engine, one.container_id)
    assert [found.name for found in load_attachment(lab.engine, one.container_id).networks] == ["front"]
    network.path.write_text(kept)


def test_reattaching_gives_ports_and_names_back(lab: Lab) -> None:
    one = lab.join("web", ports=web(8080))
    lab.leave(one)
    again = reattach(lab.engine, one.container_id)
    assert again is not None
    assert again.names == one.names
    lab.serve(again, 80, "back")
    assert lab.ask("127.0.0.1", 8080).startswith("back")
    lab.leave(again)


def test_who_was_killed_before_he_told_of_a_detachment_is_told_for(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(lab.engine, parse_request("front"))
    leaving, staying = lab.join("leaving", "front"), lab.join("staying", "front")
    hosts = lab.engine.paths.hosts(staying.container_id)
    zones = lab.engine.paths.dns / "zones"

    def knows() -> bool:
        told = [hosts, *zones.glob("*@front*")]
        return any(leaving.networks[0].address in path.read_text() for path in told)

    def killed(engine: Engine, container_id: str) -> None:
        raise KeyboardInterrupt

    assert knows()
    with monkeypatch.context() as patched:
        patched.setattr("nerdpy.network.attach.refresh_hosts", killed)
        with pytest.raises(KeyboardInterrupt):
            lab.leave(leaving)
    assert knows()
    lab.leave(leaving)
    assert not knows()
    lab.leave(staying)


def test_somebody_who_joined_the_namespace_keeps_it(lab: Lab) -> None:
    one = lab.join("web")
    path = lab.engine.paths.netns(one.container_id)
    with subprocess.Popen(["nsenter", f"--net={path}", "sleep", "inf"]) as guest:
        eventually(lambda: Path(f"/proc/{guest.pid}/ns/net").stat().st_ino == path.stat().st_ino)
        lab.leave(one)
        assert "eth0" not in links_of(lab, one)
        again = reattach(lab.engine, one.container_id)
        assert again is not None
        assert "eth0" in links_of(lab, one)
        guest.kill()
    lab.leave(one)


def test_an_address_that_is_taken_says_so(lab: Lab) -> None:
    first = lab.join("first")
    with pytest.raises(Conflict, match=f"address {first.networks[0].address} cannot be had"):
        lab.join("second", ip=first.networks[0].address)
    with pytest.raises(Conflict, match="address 10.99.99.99 cannot be had"):
        lab.join("third", ip="10.99.99.99")
    lab.leave(first)


def test_the_same_address_again_and_again(lab: Lab) -> None:
    subnet = lab.join("first")
    address = subnet.networks[0].address
    lab.leave(subnet)
    client = lab.join("client")
    for word in ("one", "two", "three"):
        server = lab.join("web", ip=address)
        lab.serve(server, 80, word)
        assert lab.ask(address, 80, source=client).startswith(word)
        lab.leave(server)
    lab.leave(client)


def test_a_full_subnet_says_so(lab: Lab) -> None:
    create(lab.engine, parse_request("tiny", pools=parse_pools(["10.77.0.0/30"])))
    only = lab.join("only", "tiny")
    with pytest.raises(ResourceExhausted, match='network "tiny" has no free address left'):
        lab.join("late", "tiny")
    lab.leave(only)


def test_an_unknown_network_says_so(lab: Lab) -> None:
    with pytest.raises(NotFound, match='network "nowhere" not found'):
        lab.join("web", "nowhere")


def test_a_failed_second_network_takes_the_first_down(lab: Lab) -> None:
    create(lab.engine, parse_request("broken"))
    network = next(one for one in lab.engine.cni.networks() if one.name == "broken")
    assert network.path is not None
    network.path.write_text(network.path.read_text().replace('"tuning"', '"no-such-plugin"'))
    lab.leave(lab.join("first"))
    eventually(lambda: not links_of_containers(lab))
    before = left_behind(lab.engine)
    with pytest.raises(NotFound, match="no-such-plugin"):
        lab.join("web", "bridge", "broken", ports=web(8080))
    expect(lab.engine, before)
    network.path.write_text(network.path.read_text().replace('"no-such-plugin"', '"tuning"'))


def test_a_foreign_network_runs_its_plugins_and_loses_their_rules(lab: Lab) -> None:
    request = parse_request("foreign", options=DriverOptions(bridge="foreign0"))
    options = ConflistOptions(request=request, pools=tuple(parse_pools(["10.66.0.0/24"])))
    content = build_conflist(options, addresses=str(lab.engine.cni.addresses))
    del content["nerdctlID"]
    lab.engine.cni.netconf.mkdir(parents=True)
    path = lab.engine.cni.netconf / "10-foreign.conflist"
    path.write_text(json.dumps(content))
    server = lab.join("web", "foreign", ports=web(8080))
    lab.serve(server, 80, "hello")
    assert lab.ask("127.0.0.1", 8080).startswith("hello")
    lab.leave(server)
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    assert server.container_id not in rules
    subprocess.run(["ip", "link", "del", "foreign0"], check=True)
    for table in ("nat", "filter"):
        subprocess.run(["nft", "delete", "table", "ip", table], check=True)


ATTACHING = """
import sys
from pathlib import Path
from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.model.ports import PortMapping
from nerdpy.network.attach import AttachmentRequest, attach
from nerdpy.network.ensure import ensure
import json
engine = Engine(Config(**json.loads(sys.argv[1])))
request = AttachmentRequest(
    container_id=sys.argv[2], netns_path=engine.paths.netns(sys.argv[2]), networks=ensure(engine, ["bridge"]),
    ports=(PortMapping(container_port=80, host_port=8080),),
)
print("go", flush=True)
attach(engine, request)
print("done", flush=True)
"""


def test_whenever_it_is_killed_a_later_detach_leaves_nothing(lab: Lab) -> None:
    lab.leave(lab.join("first"))  # the network is made, so what is compared is one attachment
    config = lab.engine.config
    settings = {
        name: getattr(config, name) for name in ("address", "data_root", "state_root", "cni_netconfpath")
    }
    eventually(lambda: not links_of_containers(lab))
    before = left_behind(lab.engine)
    for number in range(30):
        container_id = f"{number:032x}" * 2
        lab.engine.store.containers.make_folder(container_id)
        command = [sys.executable, "-c", ATTACHING, json.dumps(settings), container_id]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as attaching:
            assert attaching.stdout is not None
            assert attaching.stdout.readline() == "go\n"
            time.sleep(number / 1000)
            attaching.send_signal(signal.SIGKILL)
        detach(lab.engine, container_id)
        expect(lab.engine, before)
