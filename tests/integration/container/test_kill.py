"""kill: any signal, by name or number, to running containers only."""

import pytest

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


def test_kill_ends_with_137_and_gives_everything_back(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("first", "-p", "7600:80")
    assert cli.ok("kill", "first").lines == ["first"]
    eventually(lambda: inspected("first", ".State.Status") == "exited")
    assert inspected("first", ".State.ExitCode") == 137
    eventually(lambda: inspected("first", ".NetworkSettings.IPAddress") == "")
    idle("second", "-p", "7600:80")


@pytest.mark.parametrize("signal", ["HUP", "SIGHUP", "1", "sighup"])
def test_signals_have_many_spellings(cli: Cli, busybox_image: str, signal: str) -> None:
    script = "trap 'echo hup' HUP; echo ready; while :; do sleep 0.05; done"
    cli.ok("run", "-d", "--name", "hears", busybox_image, "sh", "-c", script)
    eventually(lambda: cli.ok("logs", "hears").lines == ["ready"])
    cli.ok("kill", "-s", signal, "hears")
    eventually(lambda: cli.ok("logs", "hears").lines == ["ready", "hup"])
    assert cli.ok("ps", "--format", "{{.State}}").lines == ["running"]


def test_what_cannot_be_killed_is_told(cli: Cli, busybox_image: str, idle: Idle) -> None:
    cli.ok("create", "--name", "fresh", busybox_image)
    idle("up")
    done = cli("kill", "fresh", "missing", "up")
    assert (done.code, done.lines) == (1, ["up"])
    assert "is not running" in done.err
    assert "No such container: missing" in done.err
    bad = cli("kill", "-s", "NOTHING", "up")
    assert bad.code == 1
    assert "NOTHING" in bad.err


def test_a_killed_container_with_a_policy_stays_dead(cli: Cli, busybox_image: str, idle: Idle) -> None:
    idle("always", "--restart", "always")
    cli.ok("kill", "always")
    cli.ok("run", "--restart", "on-failure:1", "--name", "clock", "-d", busybox_image, "false")
    eventually(lambda: cli.ok("inspect", "-f", "{{.RestartCount}}", "clock").line == "1")
    assert cli.ok("ps", "-a", "--filter", "name=always", "--format", "{{.State}}").lines == ["exited"]


def test_a_container_of_rm_goes_when_it_is_killed(cli: Cli, idle: Idle) -> None:
    idle("temporary", "--rm")
    cli.ok("kill", "temporary")
    eventually(lambda: cli.ok("ps", "-aq").lines == [])
