"""Ports of real containers: what a process must carry, firewalls that say no, ports that are free again."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually

ECHO = """
import socket, threading
def answer(one):
    while data := one.recv(65536):
        one.sendall(data)
    one.close()
def serve_datagrams():
    while True:
        data, peer = datagrams.recvfrom(100)
        datagrams.sendto(data, peer)
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("", 53))
threading.Thread(target=serve_datagrams, daemon=True).start()
server = socket.create_server(("", 80))
print("ready", flush=True)
while True:
    threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()
"""
INPUT_DROPS = """
table inet guard {
  chain input {
    type filter hook input priority 0; policy drop;
    tcp dport 22 accept
    iifname "lo" accept
    ct state established,related accept
  }
}
"""


@pytest.fixture
def guarded(machine: None) -> Iterator[None]:
    """A firewall that lets nobody in but to port 22."""
    subprocess.run(["nft", "-f", "-"], input=INPUT_DROPS, text=True, check=True)
    yield
    subprocess.run(["nft", "delete", "table", "inet", "guard"], check=True)


@contextmanager
def echoing(cli: Cli, container: str) -> Iterator[None]:
    """With a server in the container's network that says again what it hears: 80/tcp and 53/udp."""
    pid = cli.ok("inspect", "--format", "{{.State.Pid}}", container).line
    command = ["nsenter", f"--net=/proc/{pid}/ns/net", sys.executable, "-c", ECHO]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield
        server.kill()


def echo(address: str, port: int, data: bytes) -> bytes:
    """What comes back of `data` from a server that says everything again, until it hangs up."""
    with socket.create_connection((address, port), timeout=20) as client:
        speaking = threading.Thread(target=_say, args=(client, data))
        speaking.start()
        answer = bytearray()
        while more := client.recv(1 << 20):
            answer += more
        speaking.join()
        return bytes(answer)


def _say(client: socket.socket, data: bytes) -> None:
    with suppress(OSError):
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)


def ask_by_udp(address: str, port: int, data: bytes) -> bytes:
    with closing(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)) as client:
        client.settimeout(1)
        client.connect((address, port))
        client.send(data)
        return client.recv(100)


def listeners(port: int) -> str:
    command = ["ss", "-Hltun", f"sport = :{port}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_container_without_ipv6_is_reached_by_it_and_its_ports_are_free_at_once(
    cli: Cli, busybox_image: str
) -> None:
    flags = ["-p", "7820:80", "-p", "7853:53/udp"]
    cli.ok("run", "-d", "--name", "web", *flags, busybox_image, "top")
    shown = cli.ok("ps", "--format", "{{.Ports}}").line
    assert shown == "0.0.0.0:7853->53/udp, [::]:7853->53/udp, 0.0.0.0:7820->80/tcp, [::]:7820->80/tcp"
    assert cli.ok("port", "web", "80").lines == ["0.0.0.0:7820", "[::]:7820"]
    data = bytes(range(256)) * 8192
    with echoing(cli, "web"):
        assert echo("::1", 7820, data) == data
        assert echo("127.0.0.1", 7820, data) == data
        for _ in range(2):
            assert eventually(lambda: ask_by_udp("::1", 7853, b"question")) == b"question"
        with socket.create_connection(("::1", 7820), timeout=20) as client:
            client.sendall(b"begun")
            assert client.recv(5) == b"begun"
            cli.ok("rm", "-f", "web")
            assert listeners(7820) + listeners(7853) == ""


def test_a_killed_monitor_takes_the_carrying_process_along_and_the_next_one_goes_on(
    cli: Cli, busybox_image: str
) -> None:
    cli.ok("run", "-d", "--name", "web", "-p", "7820:80", busybox_image, "top")
    with echoing(cli, "web"):
        assert echo("::1", 7820, b"hello") == b"hello"
        monitor, carrier = holders(7820)
        subprocess.run(["kill", "-9", str(carrier)], check=True)
        assert echo("::1", 7820, b"hello") == b"hello"
        assert holders(7820)[0] == monitor
        subprocess.run(["kill", "-9", str(monitor)], check=True)
        eventually(lambda: listeners(7820) == "")
        assert "a new one goes on" in cli.ok("ps").err
        assert echo("::1", 7820, b"hello") == b"hello"
        assert echo("127.0.0.1", 7820, b"hello") == b"hello"


def holders(port: int) -> list[int]:
    """The monitor that has the port, and the process that carries for it."""
    command = ["ss", "-Hltnp", f"sport = :{port}"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pids = {int(part.split(",")[0]) for part in shown.split("pid=")[1:]}
    return sorted(pids, key=lambda pid: parent_of(pid) in pids)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_of_two_that_race_for_a_port_one_wins_and_a_dead_shim_gives_it_back(
    cli: Cli, busybox_image: str, engine: PrivateEngine, namespace: str
) -> None:
    words = ["-d", "-p", "7860:80", busybox_image, "top"]
    racing = [cli.start("run", "--name", name, *words) for name in ("one", "two")]
    for process in racing:
        process.communicate(timeout=60)
    assert sorted(process.returncode for process in racing) == [0, 125]
    (winner,) = cli.ok("ps", "-a", "--format", "{{.Names}}").lines
    (shim,) = engine.shims(namespace)
    subprocess.run(["kill", "-9", str(shim)], check=True)
    eventually(lambda: listeners(7860) == "")
    cli.ok("run", "--name", "next", *words)
    assert cli.ok("port", "next").lines == ["80/tcp -> 0.0.0.0:7860", "80/tcp -> [::]:7860"]
    assert cli.ok("port", winner).lines == []


def test_what_a_firewall_denies_is_warned_of_or_refused(
    cli: Cli, busybox_image: str, guarded: None, tmp_path: Path
) -> None:
    flags = ["-p", "22:22", "-p", "7830:80", "-p", "127.0.0.1:7831:81"]
    warned = cli.ok("run", "--rm", *flags, busybox_image, "true")
    complaint = "port 7830 is open to everybody although chain input of table inet guard denies it"
    assert complaint in warned.err
    assert "publish 127.0.0.1:7830" in warned.err
    settings = tmp_path / "nerdpy.toml"
    settings.write_text('publish_public = "refuse"\n')
    refused = cli("run", "-d", "-p", "7830:80", busybox_image, "true", env={"NERDPY_TOML": str(settings)})
    assert refused.code == 125
    assert "port 7830 would be open to everybody" in refused.err
    assert cli.ok("ps", "-aq").lines == []
    assert listeners(7830) == ""
    settings.write_text('ip = "127.0.0.1"\n')
    cli_flags = ["-p", "7830:80", "-p", "0.0.0.0:22:22"]
    quiet = cli(
        "run", "-d", "--name", "web", *cli_flags, busybox_image, "top", env={"NERDPY_TOML": str(settings)}
    )
    assert (quiet.code, quiet.err) == (0, "")
    assert cli.ok("port", "web").lines == ["22/tcp -> 0.0.0.0:22", "80/tcp -> 127.0.0.1:7830"]


def test_a_network_binds_ports_where_it_says_and_a_routed_one_binds_none(
    cli: Cli, busybox_image: str
) -> None:
    bridge = "com.docker.network.bridge"
    cli.ok("network", "create", "-o", f"{bridge}.host_binding_ipv4=127.0.0.9", "private")
    cli.ok("network", "create", "-o", f"{bridge}.gateway_mode_ipv4=routed", "routed")
    cli.ok("run", "-d", "--name", "one", "--network", "private", "-p", "7840:80", busybox_image, "top")
    assert cli.ok("port", "one").lines == ["80/tcp -> 127.0.0.9:7840"]
    cli.ok("run", "-d", "--name", "two", "--network", "routed", "-p", "7841:80", busybox_image, "top")
    assert cli.ok("port", "two").lines == []
    assert cli.ok("ps", "--filter", "name=two", "--format", "{{.Ports}}").line == "80/tcp"
    assert listeners(7841) == ""


def test_what_the_kernel_cannot_bind_is_refused(cli: Cli, busybox_image: str) -> None:
    for port, complaint in (
        ("7850:80/sctp", "this kernel has no SCTP"),
        ("192.0.2.77:7850:80", "this machine has no address 192.0.2.77"),
        ("[2001:db8::7]:7850:80", "this machine has no address 2001:db8::7"),
    ):
        if "sctp" in port and has_sctp():
            continue
        refused = cli("run", "-d", "-p", port, busybox_image, "true")
        assert refused.code == 125
        assert complaint in refused.err
    assert cli.ok("ps", "-aq").lines == []


def has_sctp() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132).close()
    except OSError:
        return False
    return True
