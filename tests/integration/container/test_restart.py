"""restart: by hand, and by containerd's restart monitor for a policy."""

import os
import signal

import pytest

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.kernel import monitors_know_exits
from tests.integration.support.waiting import eventually


def test_restart_gives_a_new_process_and_the_same_network_names_and_ports(
    cli: Cli, idle: Idle, inspected: Inspect
) -> None:
    idle("web", "-p", "7500:80")
    before = inspected("web")
    assert cli.ok("restart", "-t", "0", "web").lines == ["web"]
    after = inspected("web")
    assert after["State"]["Status"] == "running"
    assert after["State"]["Pid"] != before["State"]["Pid"]
    assert after["Id"] == before["Id"]
    assert after["NetworkSettings"]["Ports"] == before["NetworkSettings"]["Ports"]
    assert cli.ok("exec", "web", "hostname").line == after["Id"][:12]
    assert "eth0" in cli.ok("exec", "web", "ls", "/sys/class/net").lines


def test_restart_starts_what_was_stopped_or_never_ran(cli: Cli, busybox_image: str, idle: Idle) -> None:
    cli.ok("create", "--name", "fresh", busybox_image, "sleep", "inf")
    idle("ended", "--rm=false")
    cli.ok("kill", "ended")
    done = cli("restart", "-t0", "fresh", "ended", "missing")
    assert (done.code, done.lines) == (1, ["fresh", "ended"])
    assert "No such container: missing" in done.err
    assert sorted(cli.ok("ps", "--format", "{{.Names}}").lines) == ["ended", "fresh"]


def test_a_container_of_rm_survives_a_restart(cli: Cli, idle: Idle) -> None:
    idle("temporary", "--rm")
    cli.ok("restart", "-t0", "temporary")
    assert cli.ok("ps", "--format", "{{.Names}}").lines == ["temporary"]
    cli.ok("stop", "-t0", "temporary")
    eventually(lambda: cli.ok("ps", "-aq").lines == [])


@pytest.mark.parametrize("policy", ["always", "unless-stopped", "on-failure"])
def test_a_killed_process_comes_back_with_its_network_and_ports(
    cli: Cli, idle: Idle, inspected: Inspect, policy: str
) -> None:
    idle("phoenix", "--restart", policy, "-p", "7510:80")
    first = inspected("phoenix", ".State.Pid")
    os.kill(first, signal.SIGKILL)

    def is_back() -> bool:
        state = inspected("phoenix", ".State")
        return bool(state["Running"] and state["Pid"] not in {0, first})

    eventually(is_back)
    address = inspected("phoenix", ".NetworkSettings.IPAddress")
    assert address
    assert address in cli.ok("exec", "phoenix", "ip", "addr").out
    assert cli.ok("port", "phoenix").lines[0] == "80/tcp -> 0.0.0.0:7510"
    assert inspected("phoenix", ".RestartCount") == 1
    assert cli.ok("logs", "phoenix").code == 0


def test_on_failure_counts_and_gives_up(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    cli.ok("run", "-d", "--restart", "on-failure:2", "--name", "fails", busybox_image, "sh", "-c",
           "echo try; exit 9")  # fmt: skip
    cli.ok("run", "-d", "--restart", "on-failure", "--name", "works", busybox_image, "true")
    eventually(lambda: inspected("fails", ".RestartCount") == 2)
    eventually(lambda: inspected("fails", ".State.Status") == "exited")
    assert inspected("fails", ".State.ExitCode") == 9
    assert cli.ok("logs", "fails").lines == ["try"] * 3
    assert (inspected("works", ".State.Status"), inspected("works", ".RestartCount")) == ("exited", 0)
    assert inspected("fails", ".HostConfig.RestartPolicy") == {"Name": "on-failure", "MaximumRetryCount": 2}


def test_between_two_lives_it_is_restarting(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    cli.ok("run", "-d", "--restart", "always", "--name", "loops", busybox_image, "sh", "-c", "exit 5")
    seen: set[str] = set()

    def has_restarted_twice() -> bool:
        line = cli.ok("ps", "--format", "{{.State}} {{.Status}}").line
        seen.add(" ".join(line.split()[:3]))
        return bool(inspected("loops", ".RestartCount") >= 2)

    eventually(has_restarted_twice)
    ended = {words for words in seen if not words.startswith("running Up")}
    if monitors_know_exits():
        assert ended == {"restarting Restarting (5)"}
    else:  # an exit that containerd's monitor was quicker to delete than we to read is lost
        assert "restarting Restarting (5)" in ended
        assert ended <= {"restarting Restarting (5)", "restarting Restarting (255)"}
    cli.ok("stop", "-t0", "loops")
    assert cli.ok("ps", "-a", "--format", "{{.State}}").lines == ["exited"]


def test_containers_live_through_a_restart_of_containerd(
    cli: Cli, idle: Idle, engine: PrivateEngine, inspected: Inspect
) -> None:
    idle("steady", "-p", "7520:80")
    idle("stopped", "--restart", "unless-stopped")
    cli.ok("stop", "-t0", "stopped")
    pid = inspected("steady", ".State.Pid")
    engine.restart()
    assert inspected("steady", ".State.Pid") == pid
    assert cli.ok("exec", "steady", "echo", "here").out == "here\n"
    cli.ok("stop", "-t0", "steady")
    assert cli.ok("ps", "-a", "--format", "{{.State}}").lines == ["exited", "exited"]
