"""`system leaks` lists each kind of thing that nobody owns, and nothing else; `system prune` removes it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nerdpy import labels
from nerdpy.config import Config
from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.linux import netns
from nerdpy.linux.bridge import make_bridge
from nerdpy.linux.links import all_links, set_alias
from nerdpy.linux.mount import mount_tmpfs
from nerdpy.linux.process import is_marked_alive
from nerdpy.model.ports import PortMapping
from nerdpy.network import rules
from nerdpy.network.tags import NETWORK, tag_of
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually

GHOST = "f" * 63 + "0"
"""A container that is not there."""
DEAD = "999999-1"
"""The mark of a process that is not there."""


@dataclass
class Ghost:
    """Makes what a container that is gone might have left."""

    engine: Engine
    cli: Cli

    @property
    def owner(self) -> str:
        return f"{self.engine.config.namespace}-{GHOST}"

    def network(self) -> set[str]:
        """A pinned namespace, a link into it, a link without it, a bridge, a port, an address."""
        pin = self.engine.paths.netns(GHOST)
        netns.create(pin)
        self._veth("vethpinned", pin)
        self._veth("vethtagged", Path("/proc/self/ns/net"))
        set_alias("vethtagged", f"nerdpy {tag_of(self.engine, self.owner)}")
        make_bridge("br-ghost", [])
        set_alias("br-ghost", f"{NETWORK}{self.engine.cni.path_of('ghost')}")
        (element,) = rules.possible([PortMapping(host_ip="127.0.0.1", host_port=999, container_port=1)])
        tagged = replace(element, data=b"\x0a\x04\0\x09\0\x50\0\0", comment=tag_of(self.engine, self.owner))
        rules.publish(tagged.comment, [tagged], lambda tag: False)
        address = self.engine.cni.addresses / "bridge" / "10.4.0.250"
        address.write_text(f"{self.owner}\r\neth0")
        zones = self.engine.paths.dns / "zones"
        zones.mkdir(parents=True, exist_ok=True)
        (zones / f"{self.engine.config.namespace}@bridge").write_text(
            f"10.4.0.1\nnerdpy 192.0.2.1  mark-1\n{GHOST} 10.4.0.9  ghost\n"
        )
        half = self.engine.cni.path_of("half")
        half.parent.mkdir(exist_ok=True)
        half.with_name(f".{half.name}.999999").touch()
        return {
            "netns",
            "zone",
            "link vethpinned",
            "link vethtagged",
            "link br-ghost",
            "port 127.0.0.1:999/tcp",
            "address",
        }

    def files(self) -> set[str]:
        """Folders, a mount, a lock, a name, a draft, an intent."""
        paths = self.engine.paths
        for folder in (paths.container(GHOST), paths.stdio(GHOST), paths.pins(GHOST) / "0", paths.intents):
            folder.mkdir(parents=True, exist_ok=True)
        mount_tmpfs(paths.pins(GHOST) / "0", size=1 << 20, mode=0o700)
        users = paths.volume_mount("lost") / "users"
        users.mkdir(parents=True)
        (users / GHOST).touch()
        paths.lock(GHOST).touch()
        paths.name("ghost").write_text(json.dumps({"id": GHOST, "pid": 999999, "start_time": 1}))
        paths.drafts.mkdir(exist_ok=True)
        (paths.drafts / f"{DEAD}-aa").mkdir()
        intent = paths.intents / f"{self.engine.config.namespace}.{GHOST}.create.{DEAD}"
        intent.write_text(
            json.dumps(
                {
                    "operation": "create",
                    "namespace": self.engine.config.namespace,
                    "container_id": GHOST,
                    "facts": {},
                }
            )
            + "\n"
        )
        return {"folder", "mount", f"mount {paths.volume_mount('lost')}", "lock", "name", "draft", "intent"}

    def objects(self) -> set[str]:
        """A snapshot, a lease, a control group."""
        containerd = self.engine.containerd
        containerd.snapshots("overlayfs").prepare(GHOST, "", labels={labels.GC_ROOT: "nerdpy"})
        containerd.leases.create("ghost", labels={labels.PROCESS: DEAD})
        self.group.mkdir(parents=True)
        return {"snapshot", "lease", "cgroup"}

    @property
    def group(self) -> Path:
        return Path("/sys/fs/cgroup/pids") / self.engine.config.namespace / GHOST

    def monitor(self) -> "subprocess.Popen[bytes]":
        """A process that is by all signs the monitor of a container."""
        return subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)", str(self.engine.paths.monitor_launcher)],
            env={"CONTAINER_ID": GHOST, "CONTAINER_NAMESPACE": self.engine.config.namespace},
        )

    def _veth(self, name: str, namespace: Path) -> None:
        pair = ["ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-p"]
        subprocess.run(pair, check=True)
        if namespace != Path("/proc/self/ns/net"):
            holder = subprocess.Popen(["nsenter", f"--net={namespace}", "sleep", "60"])
            eventually(lambda: os.stat(f"/proc/{holder.pid}/ns/net").st_ino == namespace.stat().st_ino)
            subprocess.run(["ip", "link", "set", f"{name}-p", "netns", str(holder.pid)], check=True)
            holder.kill()
            holder.wait()


@pytest.fixture
def ghost(cli: Cli, engine: PrivateEngine, namespace: str) -> Iterator[Ghost]:
    ghost = Ghost(Engine(Config(address=engine.address, namespace=namespace)), cli)
    yield ghost
    subprocess.run(["ip", "link", "delete", "stranger"], check=False, stderr=subprocess.DEVNULL)


def kinds(cli: Cli) -> tuple[int, set[str]]:
    """The exit code, and what is listed: the kinds, and with their names."""
    done = cli("system", "leaks", "--format", "{{.Kind}} {{.Name}}")
    return done.code, {text for line in done.lines for text in (line, line.partition(" ")[0])}


def test_every_kind_is_listed_and_exactly_that_is_pruned(ghost: Ghost, cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "kept", "-p", "8080:80", "-v", "vol:/vol", busybox_image, "sleep", "inf")
    assert cli("system", "leaks").code == 0
    assert not cli.diary[-1].out, "silence where there is nothing"
    subprocess.run(["ip", "link", "add", "stranger", "type", "bridge"], check=True)
    ghost.engine.containerd.leases.create("strangers")
    monitor = ghost.monitor()
    expected = ghost.network() | ghost.files() | ghost.objects() | {f"process {monitor.pid} monitor"}
    code, listed = kinds(cli)
    assert code == 1
    assert expected <= listed, expected - listed
    assert not {one for one in listed if "kept" in one or "stranger" in one}
    row = json.loads(cli("system", "leaks", "--format", "json").lines[0])
    assert row.keys() == {"Kind", "Name", "Owner", "Since"}
    assert GHOST in row["Owner"]
    assert kinds(cli) == (code, listed), "looking changes nothing"
    told = cli.ok("system", "prune", "-f").out
    assert f"process {monitor.pid} monitor" in told
    assert monitor.wait(10)
    assert kinds(cli) == (0, set())
    assert {"stranger"} == {link.name for link in all_links()} & {
        "stranger",
        "br-ghost",
        "vethtagged",
        "vethpinned",
    }
    assert not ghost.group.exists()
    assert "strangers" in {lease.id for lease in ghost.engine.containerd.leases.list()}
    assert cli.ok("exec", "kept", "echo", "alive").line == "alive"
    assert cli.ok("port", "kept").lines
    assert not is_marked_alive(DEAD)
    ghost.engine.containerd.leases.delete("strangers")


def test_what_another_engine_owns_is_not_listed(ghost: Ghost, cli: Cli, busybox_image: str) -> None:
    """Two containerds share the machine's links, the table, and the folder of addresses."""
    cli.ok("run", "--rm", busybox_image, "true")
    other = Path(str(ghost.engine.paths.data.with_name("0123abcd"))) / "containers" / "theirs" / GHOST
    other.mkdir(parents=True)
    address = ghost.engine.cni.addresses / "bridge" / "10.4.0.251"
    address.write_text(f"theirs-{GHOST}\r\neth0")
    by_hand = address.with_name("10.4.0.252")
    by_hand.write_text("cnitool-77383ca0\r\neth0")
    (element,) = rules.possible([PortMapping(host_ip="127.0.0.1", host_port=998, container_port=1)])
    theirs = replace(element, data=b"\x0a\x04\0\x09\0\x50\0\0", comment=f"0123abcd-theirs-{GHOST}")
    rules.publish(theirs.comment, [theirs], lambda tag: False)
    try:
        assert kinds(cli) == (0, set())
    finally:
        rules.unpublish(theirs.comment, [theirs])
        address.unlink()
        by_hand.unlink()
        subprocess.run(["rm", "-r", str(other.parents[2])], check=True)


def test_a_command_at_work_owns_what_it_makes(ghost: Ghost, cli: Cli, busybox_image: str) -> None:
    """`run` in the foreground is at work from its first intent to the end of the container."""
    running = cli.start("run", "--rm", "-p", "8081:80", busybox_image, "sleep", "2")
    for _ in range(8):
        assert kinds(cli) == (0, set())
    assert running.wait(30) == 0
    eventually(lambda: kinds(cli) == (0, set()))
