"""Commands and containers that are left behind by whoever started them, and go on, however much they say."""

import signal
import subprocess

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually
from tests.integration.terminal.conftest import DETACH, IsRunning, becomes_raw, ended

TALK = "echo begun; read -r x < /tmp/gate; head -c 1000000 /dev/zero | tr '\\0' x; echo said > /tmp/said"
"""Fifteen times what a pipe holds, once the gate is opened."""


@pytest.fixture
def target(cli: Cli, busybox_image: str) -> str:
    """A running container with a gate for TALK."""
    cli.ok("run", "-d", "--name", "target", "--network", "none", busybox_image, "sh", "-c",
           "mkfifo /tmp/gate; exec sleep inf")  # fmt: skip
    eventually(lambda: cli("exec", "target", "test", "-p", "/tmp/gate").code == 0)
    return "target"


def _goes_on(cli: Cli, target: str) -> None:
    """Open the gate, and see that everything can be said though nobody listens."""
    cli.ok("exec", target, "sh", "-c", "echo > /tmp/gate")
    eventually(lambda: cli("exec", target, "cat", "/tmp/said").out == "said\n", what="all was said")


def test_a_command_detached_from_may_write_as_much_as_it_likes(
    cli: Cli, pty_cli: PtyCli, target: str
) -> None:
    terminal = pty_cli("exec", "-it", target, "sh", "-c", TALK)
    terminal.expect("begun")
    becomes_raw(terminal)
    terminal.send(DETACH)
    assert ended(terminal) == 0
    _goes_on(cli, target)


@pytest.mark.parametrize("flags", [(), ("-i",)])
def test_a_command_whose_client_is_killed_may_too(cli: Cli, target: str, flags: tuple[str, ...]) -> None:
    client = cli.start("exec", *flags, target, "sh", "-c", TALK + "; sleep 1234", stdin=subprocess.PIPE)
    assert client.stdout is not None
    assert client.stdout.readline() == b"begun\n"
    client.send_signal(signal.SIGKILL)
    client.communicate()
    _goes_on(cli, target)
    assert "sleep 1234" in cli.ok("top", target).out


def test_a_command_whose_reader_has_gone_may_too(cli: Cli, target: str) -> None:
    client = cli.start("exec", target, "sh", "-c", TALK)
    assert client.stdout is not None
    assert client.stdout.readline() == b"begun\n"
    client.stdout.close()
    _goes_on(cli, target)
    assert client.wait(20) == -signal.SIGPIPE


def test_in_a_container_without_a_monitor_a_reader_stays_behind(
    cli: Cli, pty_cli: PtyCli, engine: PrivateEngine, namespace: str, busybox_image: str
) -> None:
    started = engine.ctr(
        "run", "-d", "--null-io", f"docker.io/library/{busybox_image}", "plain", "sh", "-c",
        "mkdir -p /tmp; mkfifo /tmp/gate; exec sleep inf", namespace=namespace,
    )  # fmt: skip
    assert started.returncode == 0, started.stderr
    eventually(lambda: cli("exec", "plain", "test", "-p", "/tmp/gate").code == 0)
    terminal = pty_cli("exec", "-it", "plain", "sh", "-c", TALK)
    terminal.expect("begun")
    becomes_raw(terminal)
    terminal.send(DETACH)
    assert ended(terminal) == 0
    _goes_on(cli, "plain")


def test_a_container_whose_terminal_client_is_killed_goes_on_and_can_be_joined(
    cli: Cli, pty_cli: PtyCli, is_running: IsRunning, busybox_image: str
) -> None:
    first = pty_cli("run", "-it", "--name", "left", "--network", "none", busybox_image, "sh")
    first.expect("# ")
    first.send("word=kept\r")
    first.expect("# ")
    first.kill(signal.SIGKILL)
    first.finish()
    assert is_running("left")
    cli.ok("exec", "left", "sh", "-c", "head -c 300000 /dev/zero | tr '\\0' y > /proc/1/fd/1")
    second = pty_cli("attach", "left")
    becomes_raw(second)
    second.send("echo $word-$((40 + 2)); exit 3\r")
    second.expect("kept-42")
    assert ended(second) == 3
