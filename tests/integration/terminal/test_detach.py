"""Leaving a container by keys, and coming back to it."""

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually
from tests.integration.terminal.conftest import DETACH, InShell, IsRunning, becomes_raw, ended, is_cooked


def test_detach_keys_leave_the_container_running(in_shell: InShell, is_running: IsRunning) -> None:
    terminal = in_shell("--name", "left")
    terminal.send(DETACH)
    terminal.expect("read detach keys")
    assert is_cooked(terminal)
    assert ended(terminal) == 0
    assert is_running("left")


def test_keys_that_began_like_the_detach_keys_are_passed_on(in_shell: InShell, is_running: IsRunning) -> None:
    terminal = in_shell("--name", "left", "--detach-keys", "a,b,c")
    terminal.send("echo ")
    for key in "abxaabab":  # never the whole sequence, each key read by itself
        terminal.send(key)
    terminal.send("\r")
    terminal.expect("\nabxaabab\r\n")
    for key in "abc":
        terminal.send(key)
    assert ended(terminal) == 0
    assert is_running("left")


@pytest.mark.parametrize(
    ("name", "keys"), [("ctrl-a", "\x01"), ("ctrl-@,z", "\0z"), ("ctrl-],ctrl-_", "\x1d\x1f")]
)
def test_detach_keys_can_be_chosen(in_shell: InShell, name: str, keys: str) -> None:
    terminal = in_shell("--rm", "--detach-keys", name)
    terminal.send(DETACH + "echo still $((1 + 1))\r")
    terminal.expect("still 2")
    terminal.send(keys)
    terminal.expect("read detach keys")
    assert ended(terminal) == 0


def test_a_container_with_rm_goes_at_its_own_end_after_a_detach(
    cli: Cli, in_shell: InShell, is_running: IsRunning
) -> None:
    terminal = in_shell("--rm", "--name", "left", "-v", "/data")
    terminal.send(DETACH)
    assert ended(terminal) == 0
    assert is_running("left")
    cli.ok("kill", "left")
    eventually(lambda: cli("ps", "-aq").out == "", what="the container is removed")
    assert cli.ok("volume", "ls", "-q").lines == []


def test_attach_after_a_detach_reads_and_types_and_tells_the_exit_code(
    pty_cli: PtyCli, in_shell: InShell
) -> None:
    terminal = in_shell("--name", "left")
    terminal.send("word=kept\r")
    terminal.expect("# ")
    for _ in range(2):
        terminal.send(DETACH)
        assert ended(terminal) == 0
        terminal = pty_cli("attach", "left")
        becomes_raw(terminal)
        terminal.send("echo $word-$((40 + 2))\r")
        terminal.expect("kept-42")
    terminal.send("exit 5\r")
    assert ended(terminal) == 5


def test_two_terminals_at_once_both_see_everything(pty_cli: PtyCli, in_shell: InShell) -> None:
    first = in_shell("--name", "shared")
    second = pty_cli("attach", "shared")
    becomes_raw(second)
    second.send("echo from-second-$((1 + 1))\r")
    for terminal in (first, second):
        terminal.expect("from-second-2")
    first.send("echo from-first-$((1 + 2)); exit 9\r")
    for terminal in (first, second):
        terminal.expect("from-first-3")
        assert ended(terminal) == 9


def test_attach_without_stdin_eats_no_keys(cli: Cli, pty_cli: PtyCli, in_shell: InShell) -> None:
    terminal = in_shell("--name", "left")
    terminal.send(DETACH)
    assert ended(terminal) == 0
    watcher = pty_cli("attach", "--no-stdin", "left")
    watcher.send("exit 3\r")
    cli.ok("exec", "left", "sh", "-c", "echo hello > /proc/1/fd/1")
    watcher.expect("hello")
    assert is_cooked(watcher)
    cli.ok("kill", "left")
    assert ended(watcher) == 137


def test_a_detached_terminal_can_be_attached_to(cli: Cli, pty_cli: PtyCli, busybox_image: str) -> None:
    cli.ok("run", "-dit", "--name", "waiting", "--network", "none", busybox_image, "sh")
    terminal = pty_cli("attach", "waiting", size=(33, 66))
    becomes_raw(terminal)
    terminal.send("stty size\r")
    terminal.expect("33 66\r\n")
    terminal.sendcontrol("c")
    terminal.send("exit 4\r")
    ended(terminal)
    assert cli.ok("wait", "waiting").line == "4"


def test_start_attached_and_interactive(cli: Cli, pty_cli: PtyCli, busybox_image: str) -> None:
    cli.ok("create", "-it", "--name", "later", "--network", "none", busybox_image, "sh")
    for code in (6, 8):
        terminal = pty_cli("start", "-ai", "later", size=(20, 50))
        terminal.expect("# ")
        terminal.send("stty size\r")
        terminal.expect("20 50\r\n")
        terminal.send(f"exit {code}\r")
        assert ended(terminal) == code
    terminal = pty_cli("start", "-ai", "--detach-keys", "ctrl-x", "later")
    terminal.expect("# ")
    terminal.send("\x18")
    assert ended(terminal) == 0
    assert cli.ok("inspect", "-f", "{{.State.Status}}", "later").line == "running"
