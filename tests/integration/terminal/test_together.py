"""Several clients on one container, sizes that change all the time, and what a terminal must not change."""

import signal

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.support.terminal import Terminal
from tests.integration.support.waiting import eventually
from tests.integration.terminal.conftest import DETACH, InShell, IsRunning, becomes_raw, ended, is_cooked

NO_NETWORK = ("--network", "none")


@pytest.fixture
def target(cli: Cli, busybox_image: str) -> str:
    """A running container."""
    cli.ok("run", "-d", "--name", "target", *NO_NETWORK, busybox_image, "sleep", "inf")
    return "target"


def test_one_client_leaves_and_the_others_stay(pty_cli: PtyCli, in_shell: InShell) -> None:
    first = in_shell("--name", "shared")
    others = [pty_cli("attach", "shared") for _ in range(3)]
    for terminal in others:
        becomes_raw(terminal)
    first.send(DETACH)
    assert ended(first) == 0
    killed, *rest = others
    killed.kill(signal.SIGKILL)
    killed.finish()
    for number, terminal in enumerate(rest):
        terminal.send(f"echo from-{number}-$((40 + {number}))\r")
        for each in rest:
            each.expect(f"from-{number}-{40 + number}")
    rest[0].send("exit 6\r")
    assert [ended(terminal) for terminal in rest] == [6, 6]


def test_a_terminal_and_a_pipe_may_watch_together(cli: Cli, in_shell: InShell) -> None:
    terminal = in_shell("--name", "shared")
    heard = cli.folder / "heard"
    with heard.open("wb") as file:
        pipe = cli.start("attach", "--no-stdin", "shared", stdout=file.fileno())

    def hears() -> bool:
        terminal.send("echo word-$((1 + 1))\r")
        return b"word-2" in heard.read_bytes()

    eventually(hears)
    terminal.send("exit 4\r")
    assert ended(terminal) == 4
    pipe.communicate(timeout=20)
    assert pipe.returncode == 4


def test_the_last_who_came_or_resized_decides_the_size(pty_cli: PtyCli, in_shell: InShell) -> None:
    first = in_shell("--name", "shared", size=(20, 70))
    second = pty_cli("attach", "shared", size=(30, 90))
    becomes_raw(second)
    _await_size(second, "30 90")
    first.setwinsize(25, 75)
    _await_size(second, "25 75")
    first.send("exit\r")
    assert (ended(first), ended(second)) == (0, 0)


def _await_size(terminal: Terminal, size: str) -> None:
    """A resize is asked for, not waited for: ask the container until it knows."""
    for _ in range(20):
        terminal.send("stty size\r")
        terminal.expect(r"\n(\d+ \d+)\r\n")
        if terminal.match.group(1) == size:
            return
        terminal.send("sleep 0.1\r")
    raise AssertionError(f"the size does not become {size}")


@pytest.mark.parametrize("verb", ["run", "exec"])
def test_a_storm_of_resizes_ends_with_the_last_size_and_loses_nothing(
    pty_cli: PtyCli, busybox_image: str, target: str, verb: str
) -> None:
    place = ["run", "-it", "--rm", *NO_NETWORK, busybox_image] if verb == "run" else ["exec", "-it", target]
    terminal = pty_cli(*place, "sh")
    terminal.expect("# ")
    becomes_raw(terminal)
    terminal.send("for i in $(seq 2000); do echo line-$i; done; echo all-$((1 + 1))\r")
    for number in range(150):
        terminal.setwinsize(20 + number % 30, 60 + number % 50)
    terminal.setwinsize(41, 83)
    terminal.expect("all-2")
    assert [f"line-{number}\r\n" in terminal.screen for number in (1, 777, 2000)] == [True] * 3
    _await_size(terminal, "41 83")
    terminal.send("exit 9\r")
    assert ended(terminal) == 9


def test_a_terminal_that_knows_no_size_is_no_trouble(pty_cli: PtyCli, busybox_image: str) -> None:
    terminal = pty_cli("run", "-it", "--rm", *NO_NETWORK, busybox_image, "tty", size=(0, 0))
    terminal.expect("/dev/pts/0\r\n")
    assert ended(terminal) == 0


@pytest.mark.parametrize("keys", ["ctrl-", "ctrl-1", "ctrl-aa", "a,,b", "shift-a", "\u00e4", "a,b,"])
def test_broken_detach_keys_are_refused_before_anything_happens(
    cli: Cli, busybox_image: str, target: str, keys: str
) -> None:
    for words in (
        ("run", "--detach-keys", keys, busybox_image, "true"),
        ("exec", "--detach-keys", keys, target, "true"),
        ("attach", "--detach-keys", keys, target),
    ):
        refused = cli(*words)
        assert (refused.code, refused.out) == (125 if words[0] == "run" else 1, "")
        assert f'detach keys "{keys}"' in refused.err
    assert cli.ok("ps", "-aq").lines == cli.ok("ps", "-q").lines


def test_a_paused_container_takes_neither_commands_nor_clients(
    cli: Cli, pty_cli: PtyCli, in_shell: InShell
) -> None:
    terminal = in_shell("--name", "still")
    cli.ok("pause", "still")
    for words in (("exec", "-it", "still", "sh"), ("attach", "still")):
        refused = pty_cli(*words)
        refused.expect("container still is paused")
        assert ended(refused) == 1
    terminal.send("echo typed-$((40 + 2))\r")
    cli.ok("unpause", "still")
    terminal.expect("typed-42")
    terminal.send("exit 3\r")
    assert ended(terminal) == 3


@pytest.mark.parametrize("code", [0, 1, 42, 126, 127, 137, 255])
def test_exit_codes_come_through_the_terminal_of_exec(pty_cli: PtyCli, target: str, code: int) -> None:
    assert ended(pty_cli("exec", "-it", target, "sh", "-c", f"exit {code}")) == code


def test_a_missing_or_dead_command_of_exec_has_the_shells_code(pty_cli: PtyCli, target: str) -> None:
    missing = pty_cli("exec", "-it", target, "no-such-program")
    assert ended(missing) == 127
    assert ended(pty_cli("exec", "-it", target, "/etc")) == 126
    assert ended(pty_cli("exec", "-it", target, "sh", "-c", "kill -9 $$")) == 137


@pytest.mark.parametrize("terminal_name", ["dumb", "xterm-256color", "vt100"])
def test_messages_have_colours_nowhere_they_are_not_wanted(
    pty_cli: PtyCli, busybox_image: str, terminal_name: str
) -> None:
    failed = pty_cli(
        "run", "-it", "--rm", *NO_NETWORK, "nobody/has:this", "--pull", "never",
        env={"NO_COLOR": "1", "TERM": terminal_name},
    )  # fmt: skip
    assert ended(failed) == 125
    assert "\x1b" not in failed.screen
    shown = pty_cli(
        "run", "-it", "--rm", *NO_NETWORK, busybox_image, "sh", "-c", "echo $TERM; printf '\\033[1mbold'",
        env={"NO_COLOR": "1", "TERM": terminal_name},
    )  # fmt: skip
    shown.expect("xterm\r\n\x1b\\[1mbold")  # the container's own are its own
    assert ended(shown) == 0


def test_without_sig_proxy_attach_dies_and_the_container_goes_on(
    cli: Cli, busybox_image: str, is_running: IsRunning
) -> None:
    cli.ok("run", "-d", "--name", "lives", *NO_NETWORK, busybox_image, "sh", "-c",
           "while :; do echo tick; sleep 0.05; done")  # fmt: skip
    attached = cli.start("attach", "--sig-proxy=false", "--no-stdin", "lives")
    assert attached.stdout is not None
    assert attached.stdout.readline() == b"tick\n"
    attached.send_signal(signal.SIGTERM)
    attached.communicate(timeout=20)
    assert attached.returncode == -signal.SIGTERM
    assert is_running("lives")


@pytest.mark.parametrize("name", ["SIGRTMIN+3", "RTMIN+3", "37", "SIGRTMAX-27"])
def test_real_time_signals_by_name_and_number(cli: Cli, busybox_image: str, name: str) -> None:
    run = cli.start("run", "--name", "caught", "--rm", *NO_NETWORK, busybox_image, "sh", "-c",
                    "trap 'echo got; exit 7' 37; echo begun; while :; do sleep 0.05; done")  # fmt: skip
    assert run.stdout is not None
    assert run.stdout.readline() == b"begun\n"
    cli.ok("kill", "-s", name, "caught")
    assert run.stdout.readline() == b"got\n"
    assert run.wait(20) == 7
    run.communicate()


def test_real_time_signals_are_proxied(cli: Cli, busybox_image: str) -> None:
    run = cli.start("run", "--rm", *NO_NETWORK, busybox_image, "sh", "-c",
                    "trap 'echo got; exit 7' 37; echo begun; while :; do sleep 0.05; done")  # fmt: skip
    assert run.stdout is not None
    assert run.stdout.readline() == b"begun\n"
    run.send_signal(signal.SIGRTMIN + 3)
    assert run.stdout.readline() == b"got\n"
    assert run.wait(20) == 7
    run.communicate()


def test_the_users_terminal_is_his_own_while_nothing_is_forwarded(
    pty_cli: PtyCli, busybox_image: str
) -> None:
    terminal = pty_cli("run", "-i", "--rm", *NO_NETWORK, busybox_image, "sh", "-c", "echo begun; cat; exit 5")
    terminal.expect("begun")
    assert is_cooked(terminal)
    terminal.send("wrong\x7f\x7f\x7f\x7f\x7fright\r")  # the user's terminal edits the line
    terminal.expect("\r\nright\r\n")
    terminal.sendcontrol("d")
    assert ended(terminal) == 5
