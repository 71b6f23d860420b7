"""run: networks, names, published ports, DNS: asked from inside and from the host."""

import re
import socket
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.integration.conftest import AddImage
from tests.integration.container.conftest import Idle, Inside, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

SERVER = "while :; do echo %s | nc -l -p %s; done"


def answer(port: int, host: str = "127.0.0.1") -> str:
    with socket.create_connection((host, port), timeout=3) as connection:
        return connection.makefile().readline().strip()


def test_a_published_nginx_answers_on_every_address(cli: Cli, nginx_image: str, inspected: Inspect) -> None:
    cli.ok("run", "-d", "--name", "web", "-p", "8080:80", "-p", "127.0.0.1:8081:80/tcp", nginx_image)
    assert b"nginx" in eventually(lambda: urlopen("http://127.0.0.1:8080/", timeout=3).read())
    assert urlopen("http://127.0.0.1:8081/", timeout=3).status == 200
    address = inspected("web", ".NetworkSettings.IPAddress")
    assert urlopen(f"http://{address}/", timeout=3).status == 200
    bindings = inspected("web", ".HostConfig.PortBindings")
    assert sorted(one["HostPort"] for one in bindings["80/tcp"]) == ["8080", "8081"]
    shown = cli.ok("ps", "--format", "{{.Ports}}").line
    assert "0.0.0.0:8080->80/tcp" in shown
    assert "127.0.0.1:8081->80/tcp" in shown
    cli.ok("stop", "web")
    with pytest.raises(OSError):  # noqa: PT011 - whichever way the kernel refuses
        urlopen("http://127.0.0.1:8080/", timeout=3)


def test_publish_all_gives_each_exposed_port_one_of_its_own(cli: Cli, add_image: AddImage) -> None:
    image = add_image("odd:ports")
    cli.ok("run", "-d", "--name", "all", "-P", "--expose", "9000-9001", "-p", "7000:81", image)
    lines = cli.ok("port", "all").lines
    ports = {line.split(" -> ")[0]: line.rpartition(":")[2] for line in lines}
    assert set(ports) == {"53/udp", "80/tcp", "81/tcp", "9000/tcp", "9001/tcp"}
    assert ports["81/tcp"] == "7000"
    assert len({port for name, port in ports.items() if name != "53/udp"}) == 4


def test_ranges_and_ip_without_a_port_are_published(cli: Cli, idle: Idle) -> None:
    idle("ranged", "-p", "7100-7102:80-82", "-p", "127.0.0.1::90", "-p", "7200-7210:91/udp")
    lines = cli.ok("port", "ranged").lines
    assert {"80/tcp -> 0.0.0.0:7100", "82/tcp -> 0.0.0.0:7102"} <= set(lines)
    assert re.fullmatch(r"127\.0\.0\.1:\d+", cli.ok("port", "ranged", "90").line)
    assert cli.ok("port", "ranged", "91/udp").lines[0] == "0.0.0.0:7200"
    missing = cli("port", "ranged", "99")
    assert missing.code == 1
    assert "99/tcp" in missing.err


def test_a_taken_port_is_refused_and_nothing_is_left(cli: Cli, busybox_image: str, idle: Idle) -> None:
    idle("first", "-p", "7300:80")
    second = cli("run", "-d", "--name", "second", "-p", "7301:80", "-p", "7300:80", busybox_image)
    assert second.code == 125
    assert "is already in use" in second.err
    assert "first" in second.err
    with socket.create_server(("0.0.0.0", 7302)):
        third = cli("run", "-d", "--name", "third", "-p", "7302:80", busybox_image)
        assert third.code == 125
        assert "7302" in third.err
    assert cli.ok("ps", "-a", "--format", "{{.Names}}").lines == ["first"]
    idle("other-address", "-p", "127.0.0.9:7303:80")
    idle("second", "-p", "127.0.0.10:7303:80", "-p", "7301:80")


def test_a_created_container_holds_no_port(cli: Cli, busybox_image: str, idle: Idle) -> None:
    cli.ok("create", "--name", "later", "-p", "7310:80", busybox_image, "sleep", "inf")
    idle("now", "-p", "7310:80")
    refused = cli("start", "later")
    assert refused.code == 1
    assert "now" in refused.err
    cli.ok("rm", "-f", "now")
    cli.ok("start", "later")
    assert cli.ok("port", "later").lines[0] == "80/tcp -> 0.0.0.0:7310"
    cli.ok("stop", "-t", "0", "later")
    assert cli.ok("port", "later").out == ""
    missing = cli("port", "later", "80")
    assert (missing.code, missing.out) == (1, "")
    assert 'no public port "80/tcp" published for later' in missing.err


def test_the_bridge_has_an_address_a_route_and_files(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("one")
    idle("two")
    assert cli.ok("exec", "one", "sh", "-c", "ls /sys/class/net").out.split() == ["eth0", "lo"]
    address = inspected("two", ".NetworkSettings.Networks.bridge.IPAddress")
    assert address == inspected("two", ".NetworkSettings.IPAddress") != ""
    assert cli.ok("exec", "one", "ping", "-c", "1", "-w", "3", address).code == 0
    route = cli.ok("exec", "one", "ip", "route").out
    assert f"default via {inspected('one', '.NetworkSettings.Gateway')}" in route
    hosts = cli.ok("exec", "two", "cat", "/etc/hosts").out
    assert re.search(rf"^{re.escape(address)}\s", hosts, re.MULTILINE)
    assert "localhost" in hosts
    assert "two" not in cli.ok("exec", "one", "cat", "/etc/hosts").out, "names are for networks of one's own"


def test_none_has_loopback_only_and_host_has_the_hosts(cli: Cli, inside: Inside) -> None:
    assert inside("ls /sys/class/net; wc -l < /etc/hosts", "--network", "none")[0] == "lo"
    ours = sorted(path.name for path in Path("/sys/class/net").iterdir()) or ["lo"]
    assert "lo" in inside("ls /sys/class/net", "--net=host")
    host = inside("hostname; echo $HOSTNAME; ip -o link | wc -l", "--network=host")
    assert host[:2] == [socket.gethostname()] * 2
    assert int(host[2]) >= 1
    assert ours


def test_containers_of_one_network_know_each_other_by_name(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    cli.ok("network", "create", "mine", "--subnet", "10.77.0.0/24")
    idle("alpha", "--network", "mine", "--network-alias", "first", "-h", "host-a")
    idle("beta", "--network", "mine", "--ip", "10.77.0.50", "--mac-address", "02:42:0a:4d:00:32")
    look = cli.ok("exec", "beta", "sh", "-c", "ip -o -4 addr show eth0; cat /sys/class/net/eth0/address").out
    assert "10.77.0.50/24" in look
    assert "02:42:0a:4d:00:32" in look
    settings = inspected("beta", ".NetworkSettings.Networks.mine")
    assert (settings["IPAddress"], settings["MacAddress"]) == ("10.77.0.50", "02:42:0a:4d:00:32")
    for name in ("alpha", "first", "host-a", "alpha.mine"):
        assert cli.ok("exec", "beta", "ping", "-c1", "-w3", name).code == 0, name
    cli.ok("rename", "alpha", "gamma")
    assert cli.ok("exec", "beta", "ping", "-c1", "-w3", "gamma").code == 0
    cli.ok("stop", "-t0", "gamma")
    assert "gamma" not in cli.ok("exec", "beta", "cat", "/etc/hosts").out


def test_the_network_of_another_container_is_shared_and_survives_its_restart(
    cli: Cli, idle: Idle, busybox_image: str, inspected: Inspect
) -> None:
    owner = idle("owner", "-h", "shared-name", "--dns", "9.9.9.9")
    idle("guest", "--network", "container:owner")
    script = "hostname; ip -o -4 addr show eth0 | tr -s ' ' | cut -d' ' -f4; cat /etc/resolv.conf"
    theirs = cli.ok("exec", "owner", "sh", "-c", script).lines
    assert cli.ok("exec", "guest", "sh", "-c", script).lines == theirs
    assert theirs[0] == "shared-name"
    assert inspected("guest", ".HostConfig.NetworkMode") == f"container:{owner}"
    cli.ok("restart", "-t0", "owner")
    cli.ok("restart", "-t0", "guest")
    after = cli.ok("exec", "owner", "sh", "-c", script).lines
    assert cli.ok("exec", "guest", "sh", "-c", script).lines == after
    for flags in (("-h", "x1"), ("-p", "1:1"), ("--dns", "1.1.1.1"), ("--add-host", "a:1.1.1.1")):
        refused = cli("run", "--network", "container:owner", *flags, busybox_image)
        assert refused.code == 125, flags
        assert "conflicting options" in refused.err


def test_dns_and_hosts_files_say_what_was_asked(inside: Inside) -> None:
    flags = ("--dns", "1.1.1.1", "--dns=8.8.8.8", "--dns-search", "a.test", "--dns-opt", "ndots:3",
             "--dns-option", "rotate", "--add-host", "db:10.0.0.9", "--add-host", "six:::1",
             "--add-host", "eq=10.0.0.8", "--add-host", "up:host-gateway")  # fmt: skip
    found = inside("cat /etc/resolv.conf; cat /etc/hosts", *flags)
    assert [line for line in found if line.startswith("nameserver")] == [
        "nameserver 1.1.1.1",
        "nameserver 8.8.8.8",
    ]
    assert "search a.test" in found
    assert "options ndots:3 rotate" in found
    lines = [line.split() for line in found]
    assert ["10.0.0.9", "db"] in lines
    assert ["::1", "six"] in lines
    assert ["10.0.0.8", "eq"] in lines
    assert any(line[1:] == ["up"] and line[0].startswith("10.") for line in lines)


MALFORMED = (
    (("-p", "99999:80"), "99999"),
    (("-p", "80:eighty"), "eighty"),
    (("-p", "1-3:1-2"), "1-3"),
    (("-p", "80/quic"), "quic"),
    (("-p", "300.1.1.1:80:80"), "300.1.1.1"),
    (("--expose", "many"), "many"),
    (("--network", "nowhere"), 'network "nowhere"'),
    (("--network", "container:nobody"), "No such container: nobody"),
    (("--network", "host", "--network", "none"), "conflicting options"),
    (("--ip", "10.4.0.300"), "10.4.0.300"),
    (("--mac-address", "02:42"), "02:42"),
    (("--dns", "example.com"), "example.com"),
    (("--add-host", "nothing"), "nothing"),
    (("--network", "host", "--mac-address", "02:42:0a:4d:00:32"), "--mac-address"),
)


def test_malformed_network_flags_are_refused_and_nothing_is_left(cli: Cli, busybox_image: str) -> None:
    for flags, words in MALFORMED:
        refused = cli("run", "-d", "--name", "never", *flags, busybox_image, "sleep", "inf")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
        assert "internal error" not in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []
