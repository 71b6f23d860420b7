"""stop: the signal, the patience, the kill, and the clean end of a restart policy."""

import time

import pytest

from tests.integration.conftest import AddImage
from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

DEAF = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
POLITE = "trap 'exit 3' TERM; trap 'exit 4' HUP; echo ready; while :; do sleep 0.05; done"


def ready(cli: Cli, name: str) -> None:
    eventually(lambda: "ready" in cli.ok("logs", name).out)


def test_stop_asks_and_waits_for_the_end(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    cli.ok("run", "-d", "--name", "polite", busybox_image, "sh", "-c", POLITE)
    ready(cli, "polite")
    assert cli.ok("stop", "polite", timeout=5).lines == ["polite"]
    state = inspected("polite", ".State")
    assert (state["Status"], state["ExitCode"], state["Running"], state["Pid"]) == ("exited", 3, False, 0)
    assert cli.ok("stop", "polite").lines == ["polite"], "stopping twice is fine"


def test_stop_kills_after_the_patience(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    cli.ok("run", "-d", "--name", "deaf", busybox_image, "sh", "-c", DEAF)
    ready(cli, "deaf")
    start = time.monotonic()
    cli.ok("stop", "-t", "1", "deaf")
    assert 1 <= time.monotonic() - start < 4
    assert inspected("deaf", ".State.ExitCode") == 137


@pytest.mark.parametrize(
    ("made", "stopped"), [(("--stop-timeout", "-1"), ()), (("--stop-timeout", "0"), ("-t", "-1"))]
)
def test_a_negative_patience_never_ends(
    cli: Cli, busybox_image: str, made: tuple[str, ...], stopped: tuple[str, ...]
) -> None:
    slow = "trap 'touch /asked' TERM; echo ready; while [ ! -e /go ]; do sleep 0.05; done; exit 5"
    cli.ok("run", "-d", "--name", "slow", *made, busybox_image, "sh", "-c", slow)
    ready(cli, "slow")
    stopping = cli.start("stop", *stopped, "slow")
    eventually(lambda: cli("exec", "slow", "test", "-e", "/asked").code == 0)
    assert stopping.poll() is None
    cli.ok("exec", "slow", "touch", "/go")
    assert stopping.wait() == 0
    assert cli.ok("inspect", "-f", "{{.State.ExitCode}}", "slow").line == "5"


def test_the_signal_is_the_flags_or_the_images(cli: Cli, busybox_image: str, add_image: AddImage) -> None:
    cli.ok("run", "-d", "--name", "hup", busybox_image, "sh", "-c", POLITE)
    cli.ok("run", "-d", "--name", "usr", add_image("odd:stop"))
    ready(cli, "hup")
    ready(cli, "usr")
    cli.ok("stop", "-s", "HUP", "hup", timeout=5)
    cli.ok("stop", "usr", timeout=5)
    assert cli.ok("inspect", "-f", "{{.State.ExitCode}}", "hup", "usr").lines == ["4", "7"]
    assert cli.ok("logs", "usr").lines == ["ready", "usr1"]


def test_created_paused_and_missing_containers(cli: Cli, busybox_image: str, idle: Idle) -> None:
    cli.ok("create", "--name", "fresh", busybox_image)
    idle("frozen")
    cli.ok("pause", "frozen")
    done = cli("stop", "-t", "0", "fresh", "missing", "frozen")
    assert (done.code, done.lines) == (1, ["fresh", "frozen"])
    assert "No such container: missing" in done.err
    assert cli.ok("ps", "-a", "--format", "{{.Names}} {{.State}}").lines == ["frozen exited", "fresh created"]


def test_several_are_stopped_side_by_side(cli: Cli, busybox_image: str) -> None:
    names = [f"deaf{number}" for number in range(4)]
    for name in names:
        cli.ok("run", "-d", "--name", name, busybox_image, "sh", "-c", DEAF)
    start = time.monotonic()
    assert cli.ok("stop", "-t", "1", *names).lines == names
    assert time.monotonic() - start < 4


def test_stop_means_stop_for_a_container_that_restarts_always(
    cli: Cli, busybox_image: str, idle: Idle
) -> None:
    idle("always", "--restart", "always")
    cli.ok("stop", "-t", "0", "always")
    cli.ok("run", "--restart", "on-failure:1", "--name", "clock", "-d", busybox_image, "false")
    eventually(lambda: cli.ok("inspect", "-f", "{{.RestartCount}}", "clock").line == "1")  # it has looked
    assert cli.ok("ps", "-a", "--filter", "name=always", "--format", "{{.State}}").lines == ["exited"]


def test_stop_gives_back_the_port(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("first", "-p", "7400:80")
    cli.ok("stop", "-t0", "first")
    idle("second", "-p", "7400:80")
    assert inspected("first", ".NetworkSettings.IPAddress") == ""
