"""`exec` with a terminal, a pipe, or neither."""

from hashlib import sha256

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually
from tests.integration.terminal.conftest import DETACH, IsRunning, ended, is_cooked


@pytest.fixture
def target(cli: Cli, busybox_image: str) -> str:
    """A running container."""
    cli.ok("run", "-d", "--name", "target", "--network", "none", busybox_image, "sleep", "inf")
    return "target"


def test_the_size_is_right_from_the_first_moment_and_follows(pty_cli: PtyCli, target: str) -> None:
    for _ in range(5):
        terminal = pty_cli("exec", "-it", target, "stty", "size", size=(31, 77))
        assert ended(terminal) == 0
        assert terminal.screen == "31 77\r\n"
    terminal = pty_cli("exec", "-it", target, "sh")
    terminal.expect("# ")
    terminal.setwinsize(44, 99)
    terminal.send("sleep 0.2; stty size\r")
    terminal.expect("44 99\r\n")
    terminal.send("exit 11\r")
    assert ended(terminal) == 11


def test_detach_keys_leave_the_command_running(
    cli: Cli, pty_cli: PtyCli, target: str, is_running: IsRunning
) -> None:
    terminal = pty_cli("exec", "-it", target, "sh", "-c", "echo begun; read -r x; sleep 1234")
    terminal.expect("begun")
    terminal.send(DETACH)
    terminal.expect("read detach keys")
    assert is_cooked(terminal)
    assert ended(terminal) == 0
    assert "read -r x" in cli.ok("top", target).out
    other = pty_cli("exec", "-it", "--detach-keys", "ctrl-x,x", target, "sleep", "4321")
    eventually(lambda: "sleep 4321" in cli.ok("top", target).out)
    other.send("\x18x")
    assert ended(other) == 0
    assert is_running(target)


def test_a_terminal_alone_needs_no_stdin(cli: Cli, pty_cli: PtyCli, target: str) -> None:
    assert cli.ok("exec", "-t", target, "echo", "hello").stdout == b"hello\r\n"
    assert cli.ok("exec", "-t", target, "tty", stdin="unread").out.startswith("/dev/pts/")
    terminal = pty_cli("exec", "-t", target, "sh", "-c", "stty size; exit 3")
    terminal.expect("24 80\r+\n")
    assert is_cooked(terminal)
    assert ended(terminal) == 3


def test_a_pipe_comes_to_its_end_every_time(cli: Cli, target: str) -> None:
    for number in range(15):
        assert cli.ok("exec", "-i", target, "cat", stdin=f"{number}\n", timeout=20).line == str(number)


def test_a_big_pipe_arrives_whole_in_both_directions(cli: Cli, target: str) -> None:
    data = bytes(range(256)) * (20 << 12)
    shown = cli.ok("exec", "-i", target, "sh", "-c", "cat; printf ' end' >&2; exit 0", stdin=data, timeout=60)
    assert sha256(shown.stdout).digest() == sha256(data).digest()
    assert shown.err == " end"


def test_a_command_that_does_not_read_ends_in_spite_of_stdin(cli: Cli, target: str) -> None:
    assert cli("exec", "-i", target, "sh", "-c", "exit 4", stdin=b"x" * (1 << 20), timeout=20).code == 4
    open_end = cli.start("exec", "-i", target, "sh", "-c", "echo out; exit 5", stdin=-1)
    assert open_end.wait(20) == 5
    open_end.communicate()


def test_a_child_that_holds_stdout_does_not_hold_the_caller(cli: Cli, target: str) -> None:
    shown = cli.ok("exec", target, "sh", "-c", "sleep 30 & echo out", timeout=15)
    assert shown.out == "out\n"


def test_detached_returns_at_once_and_the_command_runs(cli: Cli, target: str) -> None:
    assert cli.ok("exec", "-d", target, "sh", "-c", "echo done > /tmp/word; sleep 99").out == ""
    eventually(lambda: cli("exec", target, "cat", "/tmp/word").out == "done\n")
    assert cli.ok("exec", "-d", "-t", target, "sh", "-c", "tty > /tmp/tty; sleep 99").out == ""
    eventually(lambda: cli("exec", target, "cat", "/tmp/tty").out.startswith("/dev/pts/"))
    assert cli("exec", "-d", target, "no-such-program").code in {126, 127}


def test_the_container_may_end_while_a_command_is_attached(cli: Cli, target: str) -> None:
    attached = cli.start("exec", target, "sh", "-c", "echo begun; sleep 99")
    assert attached.stdout is not None
    assert attached.stdout.readline() == b"begun\n"
    cli.ok("kill", target)
    assert attached.wait(20) == 137
    attached.communicate()
