"""network connect and disconnect, and what each of several networks is asked for: read from inside."""

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

Start = Callable[..., str]
SERVER = "while :; do echo here | nc -l -p 80; done"
SYSCTLS = "com.docker.network.endpoint.sysctls"
IFNAME = "com.docker.network.endpoint.ifname"


@pytest.fixture
def idle(cli: Cli, busybox_image: str) -> Start:
    """Two networks, and `idle(name, flags...)`: a container that does nothing until it is stopped."""
    cli.ok("network", "create", "front", "--subnet", "10.71.0.0/24")
    cli.ok("network", "create", "back", "--subnet", "10.72.0.0/24")

    def start(name: str, *flags: str, script: str = "sleep inf") -> str:
        return cli.ok("run", "-d", "--name", name, *flags, busybox_image, "sh", "-c", script).line

    return start


def inside(cli: Cli, container: str, script: str) -> list[str]:
    return cli.ok("exec", container, "sh", "-c", script).lines


def addresses(cli: Cli, container: str) -> dict[str, str]:
    """Interface -> IPv4 address, without lo."""
    lines = inside(cli, container, "ip -o -4 addr show scope global")
    return {line.split()[1]: line.split()[3] for line in lines}


def way_out(cli: Cli, container: str) -> str:
    (line,) = [one for one in inside(cli, container, "ip route") if one.startswith("default")] or [""]
    return line.removeprefix("default via ").partition(" ")[0]


def pings(cli: Cli, container: str, name: str) -> bool:
    return cli("exec", container, "ping", "-c1", "-w2", "-W2", name).code == 0


def has_come_back(cli: Cli, container: str, started_before: str) -> bool:
    """Does it run, and not as before?"""
    shown = cli.ok("inspect", "-f", "{{.State.Status}} {{.State.StartedAt}}", container).line.split()
    return shown[0] == "running" and shown[1] != started_before


def settings(cli: Cli, container: str) -> dict[str, Any]:
    (found,) = cli.ok("inspect", container).json
    networks: dict[str, Any] = found["NetworkSettings"]["Networks"]
    return networks


def test_a_running_container_comes_to_a_network_and_leaves_it_at_once(cli: Cli, idle: Start) -> None:
    idle("one", "--network", "front")
    idle("two", "--network", "back")
    cli.ok("network", "connect", "--alias", "uno", "--ip", "10.72.0.50", "back", "one")
    assert addresses(cli, "one") == {"eth0": "10.71.0.2/24", "eth1": "10.72.0.50/24"}
    assert way_out(cli, "one") == "10.71.0.1", "of equals the first network gives the default route"
    for asker, name in (("two", "one"), ("one", "two")):
        assert eventually(partial(pings, cli, asker, name)), f"{asker} asks for {name}"
    found = settings(cli, "one")["back"]
    assert (found["IPAddress"], found["IPAMConfig"]) == ("10.72.0.50", {"IPv4Address": "10.72.0.50"})
    assert found["Aliases"] == ["uno"]
    assert {"one", "uno"} < set(found["DNSNames"])
    assert cli.ok("ps", "--format", "{{.Networks}}", "--filter", "name=one").line == "front,back"

    cli.ok("pause", "one")
    cli.ok("network", "disconnect", "front", "one")
    cli.ok("unpause", "one")
    assert addresses(cli, "one") == {"eth1": "10.72.0.50/24"}
    assert way_out(cli, "one") == "10.72.0.1", "the default route moves to the network that is left"
    assert set(settings(cli, "one")) == {"back"}

    cli.ok("restart", "-t0", "one")
    assert addresses(cli, "one") == {"eth0": "10.72.0.50/24"}
    assert way_out(cli, "one") == "10.72.0.1"
    assert eventually(lambda: pings(cli, "two", "one"))

    cli.ok("network", "disconnect", "back", "one")
    assert inside(cli, "one", "ls /sys/class/net") == ["lo"]
    cli.ok("restart", "-t0", "one")
    assert inside(cli, "one", "ls /sys/class/net") == ["lo"], "without any network after a restart as well"
    cli.ok("network", "connect", "front", "one")
    assert way_out(cli, "one") == "10.71.0.1"


def test_a_stopped_container_has_its_networks_at_its_next_start(
    cli: Cli, idle: Start, busybox_image: str
) -> None:
    cli.ok("create", "--name", "late", "--network", "front", busybox_image, "sleep", "inf")
    cli.ok("network", "connect", "--gw-priority", "1", "--link-local-ip", "169.254.7.7", "back", "late")
    found = settings(cli, "late")
    assert {name: one["GwPriority"] for name, one in found.items()} == {"front": 0, "back": 1}
    assert found["back"]["IPAMConfig"] == {"LinkLocalIPs": ["169.254.7.7"]}
    assert found["back"]["IPAddress"] == ""
    cli.ok("start", "late")
    assert set(addresses(cli, "late")) == {"eth0", "eth1"}
    assert "169.254.7.7/16" in "".join(inside(cli, "late", "ip -o -4 addr show eth1"))
    assert way_out(cli, "late") == "10.72.0.1", "the highest priority gives the default route"
    cli.ok("stop", "-t0", "late")
    cli.ok("network", "disconnect", "front", "late")
    cli.ok("start", "late")
    assert list(addresses(cli, "late")) == ["eth0"]
    assert way_out(cli, "late") == "10.72.0.1"


def test_each_network_gets_what_is_asked_of_it(cli: Cli, idle: Start) -> None:
    mac = "02:42:0a:48:00:09"
    idle(
        "many",
        "--restart", "always",
        "--network", "name=front,ip=10.71.0.9,alias=left",
        "--network", f"name=back,ip=10.72.0.9,alias=right,mac-address={mac},gw-priority=7,"
        f"driver-opt={IFNAME}=wan,driver-opt={SYSCTLS}=net.ipv4.conf.IFNAME.log_martians=1",
        script="trap 'exit 1' TERM; while :; do sleep 0.1; done",
    )  # fmt: skip
    martians = "cat /proc/sys/net/ipv4/conf/eth0/log_martians /proc/sys/net/ipv4/conf/wan/log_martians"
    for end in (["restart", "-t0", "many"], ["exec", "many", "kill", "-TERM", "1"], ["version"]):
        assert addresses(cli, "many") == {"eth0": "10.71.0.9/24", "wan": "10.72.0.9/24"}
        assert inside(cli, "many", "cat /sys/class/net/wan/address") == [mac]
        assert way_out(cli, "many") == "10.72.0.1"
        assert inside(cli, "many", martians) == ["0", "1"]
        task = cli.ok("inspect", "-f", "{{.State.StartedAt}}", "many").line
        cli.ok(*end)
        eventually(partial(has_come_back, cli, "many", task if end != ["version"] else ""))
    found = settings(cli, "many")["back"]
    assert (found["MacAddress"], found["DriverOpts"][IFNAME]) == (mac, "wan")
    refused = cli("network", "connect", "--driver-opt", f"{IFNAME}=wan", "bridge", "many")
    assert (refused.code, "wan" in refused.err) == (1, True)


def test_ports_follow_the_networks(cli: Cli, idle: Start) -> None:
    def answer() -> str:
        with socket.create_connection(("127.0.0.1", 7301), timeout=3) as connection:
            return connection.makefile().readline().strip()

    def is_closed() -> bool:
        try:
            return answer() != "here"
        except OSError:
            return True

    idle("web", "--network", "front", "-p", "7301:80", script=SERVER)
    assert eventually(answer) == "here"
    cli.ok("network", "connect", "--gw-priority", "1", "back", "web")
    assert eventually(answer) == "here"
    cli.ok("network", "disconnect", "front", "web")
    assert eventually(answer) == "here"
    cli.ok("network", "disconnect", "back", "web")
    assert is_closed()
    assert cli.ok("port", "web").out == ""
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("0.0.0.0", 7301))
        free.listen()
        taken = cli("network", "connect", "front", "web")
        assert (taken.code, "7301" in taken.err) == (1, True)
        assert inside(cli, "web", "ls /sys/class/net") == ["lo"], "what fails leaves nothing"
    cli.ok("network", "connect", "front", "web")
    assert eventually(answer) == "here"
    assert "80/tcp -> 0.0.0.0:7301" in cli.ok("port", "web").lines


def test_what_cannot_be_is_refused_and_changes_nothing(cli: Cli, idle: Start, busybox_image: str) -> None:
    idle("one", "--network", "name=front,ip=10.71.0.9")
    idle("alone", "--network", "none")
    idle("other", "--network", "back")
    for name, mode in (("hosts", "host"), ("guest", "container:one"), ("late", "bridge")):
        cli.ok("create", "--name", name, "--network", mode, busybox_image, "true")
    for words, complaint in (
        ("connect front one", "endpoint with name one already exists in network front"),
        ("connect nowhere one", 'network "nowhere" not found'),
        ("connect front nobody", "No such container: nobody"),
        ("connect host one", 'cannot be connected to network "host"'),
        ("disconnect none one", 'disconnected from it'),
        ("connect front alone", "networks in private (none) mode"),
        ("connect front hosts", "container sharing network namespace"),
        ("connect front guest", "container sharing network namespace"),
        ("connect --ip 10.71.0.9 front other", "10.71.0.9 cannot be had"),
        ("connect --ip 10.9.9.9 front other", "no configured subnet"),
        ("connect --ip 10.4.0.9 bridge other", "user defined networks only"),
        ("connect --link one front other", "find each other by name"),
        ("connect --driver-opt a=b front other", 'unknown driver option "a"'),
        ("connect --gw-priority x front other", "gw-priority"),
        ("disconnect back one", "is not connected to network back"),
        ("disconnect -f back nobody", "No such container: nobody"),
    ):  # fmt: skip
        refused = cli("network", *words.split())
        assert refused.code in {1, 125}, words
        assert complaint in refused.err, words
    for nobody in ("", "one2"):  # an empty word is the beginning of every id
        assert cli("network", "disconnect", "-f", "front", nobody).code == 1
    assert addresses(cli, "one") == {"eth0": "10.71.0.9/24"}
    for address, complaint in (("9", "10.71.0.9 cannot be had"), ("1", "10.71.0.1 of network")):
        refused = cli("run", "--rm", "--network", f"name=front,ip=10.71.0.{address}", busybox_image, "true")
        assert (refused.code, complaint in refused.err) == (125, True), "not the lost namespace"
    assert addresses(cli, "other") == {"eth0": "10.72.0.2/24"}
    assert set(settings(cli, "other")) == {"back"}
    assert set(settings(cli, "late")) == {"bridge"}


def test_a_network_whose_file_is_gone_is_left_by_force(cli: Cli, idle: Start) -> None:
    idle("one", "--network", "front", "--network", "back")
    (found,) = cli.ok("network", "inspect", "--mode", "native", "back").json
    path = Path(found["File"])
    text = path.read_text()
    path.unlink()
    assert "not found" in cli("network", "disconnect", "back", "one").err
    cli.ok("network", "disconnect", "-f", "back", "one")
    path.write_text(text)
    assert list(addresses(cli, "one")) == ["eth0"]


def test_who_shares_a_network_that_is_gone_is_told(cli: Cli, idle: Start) -> None:
    idle("owner", "--network", "front")
    idle("guest", "--network", "container:owner")
    cli.ok("network", "connect", "back", "owner")
    assert set(addresses(cli, "guest")) == {"eth0", "eth1"}, "one namespace, one set of interfaces"
    cli.ok("restart", "-t0", "owner")
    assert set(addresses(cli, "guest")) == {"eth0", "eth1"}, (
        "the pinned namespace outlives its owner's restart"
    )
    cli.ok("rm", "-f", "owner")
    cli.ok("stop", "-t0", "guest")
    refused = cli("start", "guest")
    assert refused.code == 1
    assert "No such container" in refused.err


def test_only_network_namespaces_are_joined_by_path(cli: Cli, busybox_image: str) -> None:
    inside = cli.ok("run", "--rm", "--network", "ns:/proc/self/ns/net", busybox_image, "ls", "/sys/class/net")
    assert "lo" in inside.lines
    for path, complaint in (
        ("/run/netns/missing", "does not exist"),
        ("/etc/passwd", "is not a network namespace"),
        ("/proc/self/ns/mnt", "is not a network namespace"),
    ):
        refused = cli("run", "--rm", "--network", f"ns:{path}", busybox_image, "true")
        assert (refused.code, f'"{path}" {complaint}' in refused.err) == (125, True), refused
