"""`run` with a terminal: size, keys, and how it ends."""

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.terminal.conftest import InShell, ended, is_cooked


def test_the_size_is_right_from_the_first_moment(pty_cli: PtyCli, busybox_image: str) -> None:
    for _ in range(3):
        terminal = pty_cli(
            "run", "-it", "--rm", "--network", "none", busybox_image, "stty", "size", size=(31, 77)
        )
        assert ended(terminal) == 0
        assert terminal.screen == "31 77\r\n"


def test_a_resize_reaches_the_container(pty_cli: PtyCli, busybox_image: str) -> None:
    script = "trap 'stty size' WINCH; trap 'exit 3' INT; echo begun; while :; do sleep 0.1; done"
    terminal = pty_cli("run", "-it", "--rm", "--network", "none", busybox_image, "sh", "-c", script)
    terminal.expect("begun")
    for rows, columns in ((40, 100), (10, 20)):
        terminal.setwinsize(rows, columns)
        terminal.expect(f"{rows} {columns}\r\n")
    terminal.sendcontrol("c")
    assert ended(terminal) == 3


def test_control_c_goes_to_the_container_as_a_key(in_shell: InShell) -> None:
    terminal = in_shell("--rm")
    terminal.send("echo begun; sleep 60\r")
    terminal.expect("\nbegun\r\n")
    terminal.sendcontrol("c")
    terminal.expect("# ")
    terminal.send("echo code=$?\r")
    terminal.expect("code=130")
    terminal.send("exit 7\r")
    assert ended(terminal) == 7


def test_control_d_ends_the_shell(in_shell: InShell) -> None:
    terminal = in_shell("--rm")
    terminal.send("false\r")
    terminal.expect("# ")
    terminal.sendcontrol("d")
    assert ended(terminal) == 1


def test_keys_typed_before_the_prompt_are_not_lost(pty_cli: PtyCli, busybox_image: str) -> None:
    terminal = pty_cli("run", "-it", "--rm", "--network", "none", busybox_image, "sh")
    terminal.send("echo typed-$((40 + 2))\rexit 3\r")
    terminal.expect("typed-42")
    assert ended(terminal) == 3


def test_a_paste_of_many_lines_arrives_whole(in_shell: InShell) -> None:
    terminal = in_shell("--rm")
    terminal.send("stty -echo; cat > /tmp/pasted\r")
    terminal.expect("pasted\r\n")
    text = "".join(f"{number} a line of the paste\n" for number in range(2000))
    for start in range(0, len(text), 1000):
        terminal.send(text[start : start + 1000])
    terminal.sendcontrol("d")
    terminal.expect("# ", timeout=30)
    terminal.send("wc -lc < /tmp/pasted; exit\r")
    terminal.expect(rf"2000 +{len(text)}\r\n")
    assert ended(terminal) == 0


def test_a_terminal_without_stdin_leaves_the_users_keys_alone(pty_cli: PtyCli, busybox_image: str) -> None:
    terminal = pty_cli(
        "run", "-t", "--rm", "--network", "none", busybox_image, "sh", "-c", "stty size; tty; sleep 1"
    )
    terminal.expect("24 80\r+\n/dev/pts/0\r+\n")
    assert is_cooked(terminal)
    assert ended(terminal) == 0


def test_a_terminal_without_stdin_works_from_a_pipe(cli: Cli, busybox_image: str) -> None:
    shown = cli.ok("run", "-t", "--rm", "--network", "none", busybox_image, "echo", "hello", stdin="unread")
    assert shown.stdout == b"hello\r\n"


def test_a_terminal_with_stdin_from_a_pipe_is_refused(cli: Cli, busybox_image: str) -> None:
    refused = cli("run", "-it", busybox_image, "sh", stdin="exit\n")
    assert (refused.code, refused.out) == (125, "")
    assert "the input device is not a TTY" in refused.err
    cli.ok("run", "-d", "--name", "other", "--network", "none", busybox_image, "sleep", "inf")
    assert cli("exec", "-it", "other", "sh", stdin="exit\n").code in {1, 125}


def test_a_failing_start_gives_the_terminal_back(pty_cli: PtyCli, busybox_image: str) -> None:
    terminal = pty_cli("run", "-it", "--rm", "--network", "none", busybox_image, "no-such-program")
    terminal.expect("not found")
    assert is_cooked(terminal)
    assert ended(terminal) == 127


@pytest.mark.parametrize("code", [0, 1, 130, 255])
def test_the_exit_code_comes_through_a_terminal(pty_cli: PtyCli, busybox_image: str, code: int) -> None:
    terminal = pty_cli("run", "-t", "--rm", "--network", "none", busybox_image, "sh", "-c", f"exit {code}")
    assert ended(terminal) == code
