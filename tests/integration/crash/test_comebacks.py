"""Containers whose process, engine, monitor or machine dies: what comes back, and what goes."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from nerdpy.paths import address_hash
from tests.integration.crash.conftest import World, identity, monitor_of
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.kernel import monitors_know_exits
from tests.integration.support.leftovers import DATA_ROOT, STATE_ROOT, mount_points
from tests.integration.support.waiting import eventually

SERVER = ("busybox", "sh", "-c", "mkdir -p /www; echo $HOSTNAME > /www/id; exec httpd -f -p 80 -h /www")
CGROUPS = Path("/sys/fs/cgroup")
SETTLED = 2.5
"""Seconds in which containerd's restart monitor, which looks every second here, has looked twice."""


def state(cli: Cli, container: str, field: str = "Status") -> str:
    return cli.ok("inspect", "-f", f"{{{{.State.{field}}}}}", container).line


def pid(cli: Cli, container: str) -> int:
    found = int(state(cli, container, "Pid"))
    assert found > 1, f"{container} does not run"
    return found


def restarts(cli: Cli, container: str) -> int:
    return int(cli.ok("inspect", "-f", "{{.RestartCount}}", container).line)


def await_restart(cli: Cli, container: str, count: int) -> None:
    """Wait until containerd has started it again for the `count`th time."""
    eventually(lambda: restarts(cli, container) == count and state(cli, container) == "running")


def is_gone(process: int) -> bool:
    return not Path(f"/proc/{process}/cmdline").exists() or not Path(f"/proc/{process}/cmdline").read_bytes()


def expect_to_stay(cli: Cli, container: str, status: str) -> None:
    """Nothing may happen: there is no event to wait for."""
    time.sleep(SETTLED)
    assert state(cli, container) == status


@pytest.mark.parametrize("policy", ["always", "unless-stopped"])
def test_a_restarted_container_has_its_network_ports_and_names(
    cli: Cli, world: World, engine: PrivateEngine, policy: str
) -> None:
    container = cli.ok("run", "-d", "--name", "web", "--restart", policy, "-p", "8080:80", *SERVER).line
    cli.ok("network", "create", "own")
    cli.ok("run", "-d", "--name", "mate", "--network", "own", "--restart", policy, "busybox", "sleep", "inf")
    cli.ok("run", "-d", "--name", "peer", "--network", "own", "busybox", "sleep", "inf")
    for count in (1, 2):
        for name in ("web", "mate"):
            os.kill(pid(cli, name), signal.SIGKILL)
        await_restart(cli, "web", count)
        await_restart(cli, "mate", count)
        assert identity(8080) == container[:12]
        cli.ok("exec", "peer", "ping", "-c", "1", "-w", "5", "mate")
    own_hosts = cli.ok("exec", "web", "cat", "/etc/hosts").out
    assert cli.ok("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "web").line in own_hosts
    cli.ok("stop", "-t", "0", "web", "mate")
    expect_to_stay(cli, "web", "exited")
    engine.restart()
    expect_to_stay(cli, "web", "exited")
    cli.ok("start", "web")
    assert identity(8080) == container[:12]
    os.kill(pid(cli, "web"), signal.SIGKILL)
    await_restart(cli, "web", 1)
    cli.ok("rm", "-f", "web", "mate", "peer")
    cli.ok("network", "rm", "own")
    world.expect_as_before("after restarts")


def test_on_failure_restarts_as_often_as_it_says(cli: Cli, world: World) -> None:
    cli.ok("run", "-d", "--name", "fails", "--restart", "on-failure:2", "busybox", "sh", "-c", "exit 3")
    cli.ok("run", "-d", "--name", "works", "--restart", "on-failure:2", "busybox", "true")
    eventually(lambda: restarts(cli, "fails") == 2 and state(cli, "fails") == "exited")
    expect_to_stay(cli, "fails", "exited")
    assert (restarts(cli, "fails"), state(cli, "fails", "ExitCode")) == (2, "3")
    assert (restarts(cli, "works"), state(cli, "works")) == (0, "exited")
    cli.ok("rm", "fails", "works")
    world.expect_as_before("after failures")


def test_a_container_that_ends_while_the_engine_is_down_is_settled_later(
    cli: Cli, world: World, engine: PrivateEngine
) -> None:
    cli.ok("run", "-d", "--name", "kept", "-p", "8080:80", *SERVER)
    cli.ok("run", "-d", "--name", "dropped", "--rm", "-p", "8081:80", "-v", "/anonymous", *SERVER)
    cli.ok("run", "-d", "--name", "again", "--restart", "always", "-p", "8082:80", *SERVER)
    processes = [pid(cli, name) for name in ("kept", "dropped", "again")]
    engine.kill()
    for process in processes:
        os.kill(process, signal.SIGKILL)
    failed = cli("ps", "-a")
    assert (failed.code, failed.out) == (1, "")
    assert "containerd" in failed.err
    engine.start()
    rows = sorted(cli.ok("ps", "-a", "--format", "{{.Names}} {{.Status}}", "--filter", "status=exited").lines)
    code = 137 if monitors_know_exits() else 255  # containerd has forgotten it
    assert [row.partition(")")[0] for row in rows] == [f"kept Exited ({code}"]
    eventually(lambda: state(cli, "again") == "running")
    assert identity(8082)
    assert "dropped" not in cli.ok("ps", "-a").out
    cli.ok("start", "kept")
    assert identity(8080)
    cli.ok("rm", "-f", "kept", "again")
    world.expect_as_before("after the engine was down")


@pytest.mark.parametrize("flags", [(), ("--rm",)], ids=["kept", "removed"])
def test_a_container_without_its_monitor_is_settled_by_ps(
    cli: Cli, world: World, flags: tuple[str, ...]
) -> None:
    container = cli.ok("run", "-d", *flags, "-p", "8080:80", "-v", "/anonymous", *SERVER).line
    process = pid(cli, container)
    os.kill(monitor_of(container), signal.SIGKILL)
    os.kill(process, signal.SIGKILL)
    eventually(lambda: is_gone(process))
    rows = cli.ok("ps", "-a", "--format", "{{.Status}}").lines
    assert [row[:12] for row in rows] == ([] if flags else ["Exited (137)"])
    cli.ok("run", "--rm", "-p", "8080:80", "busybox", "true")
    if not flags:
        cli.ok("rm", "-v", container)
    world.expect_as_before("after the monitor was killed")


def reboot(engine: PrivateEngine, namespace: str) -> None:
    """What a machine loses that is switched off and on again."""
    engine.kill()
    monitor = str(DATA_ROOT / address_hash(engine.address) / "monitor")
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            is_shim = "containerd-shim" in words[0] and engine.address in words
            if is_shim or monitor in words or is_contained(folder, namespace):
                os.kill(int(folder.name), signal.SIGKILL)
    for point in sorted(mount_points(), reverse=True):
        if point.startswith((str(engine.state), f"{STATE_ROOT}/")):
            subprocess.run(["umount", "-l", point], check=False)
    shutil.rmtree(engine.state)
    shutil.rmtree(STATE_ROOT)
    shutil.rmtree("/run/containerd/runc")
    for folder in CGROUPS.glob(f"*/{namespace}/*"):
        if folder.is_dir():
            folder.rmdir()
    subprocess.run(["ip", "link", "delete", "nerdpy0"], check=True)
    subprocess.run(["nft", "flush", "ruleset"], check=True)
    engine.start()


def is_contained(folder: Path, namespace: str) -> bool:
    """Does the process run in a container of this namespace?"""
    return f"/{namespace}/" in (folder / "cgroup").read_text()


def test_after_a_reboot_nothing_stale_is_in_the_way(
    cli: Cli, world: World, engine: PrivateEngine, namespace: str
) -> None:
    plain = cli.ok("run", "-d", "--name", "plain", "-p", "8080:80", *SERVER).line
    lasting = cli.ok("run", "-d", "--name", "lasting", "--restart", "always", "-p", "8081:80", *SERVER).line
    cli.ok("run", "-d", "--name", "alone", "--restart", "always", "--network", "none", *SERVER)
    cli.ok("run", "-d", "--name", "passing", "--rm", "-p", "8082:80", "-v", "/anonymous", *SERVER)
    cli.ok("run", "-d", "--name", "cut-off", "--restart", "on-failure", "--network", "none", *SERVER)
    halted = ("halted-always", "halted-unless-stopped", "halted-on-failure")
    for name in halted:
        cli.ok(
            "run",
            "-d",
            "--name",
            name,
            "--restart",
            name.removeprefix("halted-"),
            "--network",
            "none",
            *SERVER,
        )
    cli.ok("stop", "-t", "0", "halted-always", "halted-unless-stopped")
    cli.ok("kill", "halted-on-failure")
    reboot(engine, namespace)
    exited = cli.ok("ps", "-a", "--filter", "name=plain", "--format", "{{.Status}}").line
    assert exited.startswith("Exited (255)"), exited
    assert "passing" not in cli.ok("ps", "-a").out
    for name in ("lasting", "alone"):
        await_restart(cli, name, 1)
    assert state(cli, "cut-off") == "exited"  # to containerd's restart monitor it has not failed
    assert [state(cli, name) for name in halted] == ["exited"] * 3
    assert identity(8081) == lasting[:12]
    cli.ok("start", "plain")
    assert identity(8080) == plain[:12]
    cli.ok("run", "-d", "--name", "passing", "-p", "8082:80", *SERVER)
    cli.ok("rm", "-f", "plain", "lasting", "alone", "passing", "cut-off", *halted)
    world.expect_as_before("after a reboot")
