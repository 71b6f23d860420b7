"""Containers without containers: pinned namespaces on real networks, with small servers in them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.linux.process import with_word
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping
from nerdpy.network.attach import AttachmentRequest, attach, detach
from nerdpy.network.attachment import Attachment, ContainerNames
from nerdpy.network.ensure import ensure
from nerdpy.network.ports import PortLease, acquire
from nerdpy.network.resolvconf import Given
from nerdpy.network.resolver import write_resolv_conf
from tests.integration.support.waiting import eventually

_numbers = count(1)
SERVER = """
import socket, sys
kind = socket.SOCK_DGRAM if sys.argv[1] == "udp" else socket.SOCK_STREAM
server = socket.socket(socket.AF_INET6, kind)
server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", int(sys.argv[2])))
if kind == socket.SOCK_DGRAM:
    print("ready", flush=True)
    while True:
        _, peer = server.recvfrom(100)
        server.sendto(f"{sys.argv[3]} {peer[0].removeprefix('::ffff:')}".encode(), peer)
server.listen()
print("ready", flush=True)
while True:
    one, peer = server.accept()
    one.sendall(f"{sys.argv[3]} {peer[0].removeprefix('::ffff:')}".encode())
    one.close()
"""
CLIENT = """
import socket, sys
kind = socket.SOCK_DGRAM if sys.argv[1] == "udp" else socket.SOCK_STREAM
client = socket.socket(socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET, kind)
client.settimeout(float(sys.argv[4]))
client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
client.bind(("", int(sys.argv[5])))
client.connect((sys.argv[2], int(sys.argv[3])))
if kind == socket.SOCK_DGRAM:
    client.send(b"x")
print(client.recv(100).decode())
"""


@dataclass
class Lab:
    """An engine's networks, and what was started on them."""

    engine: Engine
    servers: dict[str, list[subprocess.Popen[str]]] = field(default_factory=dict)
    """By the container that they run in."""
    leases: dict[str, PortLease] = field(default_factory=dict)

    def join(
        self,
        name: str,
        *networks: str,
        ports: tuple[PortMapping, ...] = (),
        given: Given | None = None,
        **wishes: Any,
    ) -> Attachment:
        """A namespace on these networks, with its ports really bound, as `run` does it. Wishes are those of
        the first network, or `endpoints` of each."""
        number = next(_numbers)
        container_id = f"c{number:011x}{number:052x}"
        found = ensure(self.engine, networks or ("bridge",))
        endpoints = wishes.pop("endpoints", ()) or (NetworkRequest(name=found[0].name, **wishes),)
        self.leases[container_id] = acquire(self.engine, ports)
        self.engine.paths.container(container_id).mkdir(parents=True)
        write_resolv_conf(self.engine, container_id, given or Given())
        return attach(
            self.engine,
            AttachmentRequest(
                container_id=container_id,
                netns_path=self.engine.paths.netns(container_id),
                networks=found,
                endpoints=endpoints,
                ports=self.leases[container_id].mappings,
                names=ContainerNames(name=name, hostname=container_id[-12:]),
            ),
        )

    def leave(self, attachment: Attachment) -> None:
        """As when its processes have ended."""
        self.stop(attachment.container_id)
        detach(self.engine, attachment.container_id)
        self.leases.pop(attachment.container_id, PortLease(())).close()

    def serve(self, attachment: Attachment, port: int, word: str, kind: str = "tcp") -> None:
        """A server in the namespace that answers `word` and the address that it saw."""
        self.start_server(attachment.container_id, self.inside(attachment), port, word, kind)

    def start_server(self, owner: str, enter: list[str], port: int, word: str, kind: str = "tcp") -> None:
        """A server wherever `enter` leads."""
        command = [*enter, sys.executable, "-c", SERVER, kind, str(port), word]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.servers.setdefault(owner, []).append(server)
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"

    def ask(
        self,
        address: str,
        port: int,
        *,
        source: "Attachment | str | None" = None,
        kind: str = "tcp",
        patience: float = 3,
        own_port: int = 0,
    ) -> str:
        """What the server says to a client on the host, in a namespace, or in `ip netns` of that name."""
        enter = []
        if isinstance(source, str):
            enter = ["ip", "netns", "exec", source]
        elif source is not None:
            enter = self.inside(source)
        command = [
            *enter,
            sys.executable,
            "-c",
            CLIENT,
            kind,
            address,
            str(port),
            str(patience),
            str(own_port),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() or done.stderr.strip().splitlines()[-1]

    def inside(self, attachment: Attachment) -> list[str]:
        return ["nsenter", f"--net={self.engine.paths.netns(attachment.container_id)}"]

    def stop(self, owner: str) -> None:
        for server in self.servers.pop(owner, []):
            server.kill()
            server.wait()
            assert server.stdout is not None
            server.stdout.close()

    def close(self) -> None:
        for owner in list(self.servers):
            self.stop(owner)
        for lease in self.leases.values():
            lease.close()


@pytest.fixture
def lab(machine: None, tmp_path: Path) -> Iterator[Lab]:
    """Networks of this test alone, and the certainty that nothing of them stays."""
    config = Config(
        address=str(tmp_path / "no.sock"),
        data_root=str(tmp_path / "data"),
        state_root=str(tmp_path / "state"),
        cni_netconfpath=str(tmp_path / "net.d"),
    )
    lab = Lab(Engine(config))
    before = left_behind(lab.engine)
    try:
        yield lab
        lab.close()
        _expect_nothing(lab, before)
    finally:  # what is left would disturb the tests that follow
        for pid, _ in with_word(str(lab.engine.paths.dns / "zones")):
            os.kill(pid, signal.SIGKILL)


def _expect_nothing(lab: Lab, before: list[str]) -> None:
    for network in lab.engine.cni.networks():
        if network.id:
            from nerdpy.network.rm import take_away

            take_away(lab.engine, network)
    expect(lab.engine, before)


def expect(engine: Engine, before: list[str]) -> None:
    """Nothing more than before; the kernel takes interfaces down on its own time."""

    def is_as_before() -> bool:
        assert left_behind(engine) == before
        return True

    eventually(is_as_before)


def left_behind(engine: Engine) -> list[str]:
    """Rules, links, reserved addresses and pins: all that attaching makes."""
    rules = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True).stdout
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    found = [line.strip() for line in rules.splitlines() if "elements" in line or "comment" in line]
    found += sorted(line.split(":")[1].split("@")[0].strip() for line in links.splitlines())
    found += sorted(path.name for path in engine.cni.addresses.rglob("[0-9a-f]*[.:]*") if path.is_file())
    found += sorted(path.name for path in engine.paths.netns("x").parent.glob("*"))
    found += [words[0] for _, words in with_word(str(engine.paths.dns / "zones"))]
    found += sorted(map(str, engine.paths.dns.rglob("*")))
    return found


def shell(commands: str) -> None:
    """Run each line, without a shell's words."""
    for command in commands.strip().splitlines():
        subprocess.run(command.split(), check=True)


def lay_wire(name: str, net4: str, net6: str) -> None:
    """A namespace on a wire of its own: we are `.1` and `::1` there, it is `.2` and `::2`, and its routes
    lead by us."""
    shell(f"""
        ip netns add {name}
        ip link add {name}0 type veth peer name eth0 netns {name}
        ip address add {net4}.1/24 dev {name}0
        ip address add {net6}::1/64 dev {name}0 nodad
        ip link set {name}0 up
        ip -n {name} address add {net4}.2/24 dev eth0
        ip -n {name} address add {net6}::2/64 dev eth0 nodad
        ip -n {name} link set eth0 up
        ip -n {name} link set lo up
        ip -n {name} route add default via {net4}.1
        ip -n {name} route add default via {net6}::1
    """)


def cut_wire(name: str) -> None:
    """Take it away."""
    shell(f"ip link del {name}0\nip netns del {name}")


@pytest.fixture
def lan(machine: None) -> Iterator[str]:
    """A neighbour on another wire, 192.0.2.2 and fd00:99::2, that has a route to all that is behind us."""
    lay_wire("lan", "192.0.2", "fd00:99")
    yield "lan"
    cut_wire("lan")
