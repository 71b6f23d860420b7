"""However a session ends, the user's terminal has the very settings that it had before."""

import os
import signal
import termios
from collections.abc import Callable
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pytest

from tests.integration.crash.conftest import monitor_of
from tests.integration.support.cli import Cli
from tests.integration.terminal.conftest import DETACH, becomes_raw

ODD = "stty -echoe ixoff eof ^X rows 31 cols 97 -onlcr"
"""Settings that nobody would set who only wants a sane terminal."""
End = Callable[[Cli, pexpect.spawn], None]


def _settings(terminal: pexpect.spawn) -> list[Any]:
    return list(termios.tcgetattr(terminal.child_fd))


def _exits(cli: Cli, terminal: pexpect.spawn) -> None:
    terminal.send("exit 3\r")


def _detaches(cli: Cli, terminal: pexpect.spawn) -> None:
    terminal.send(DETACH)


def _is_killed(cli: Cli, terminal: pexpect.spawn) -> None:
    cli.ok("kill", "box")


def _is_removed(cli: Cli, terminal: pexpect.spawn) -> None:
    cli.ok("rm", "-f", "box")


def _client_dies(number: int) -> End:
    def die(cli: Cli, terminal: pexpect.spawn) -> None:
        os.kill(os.tcgetpgrp(terminal.child_fd), number)

    return die


ENDS: dict[str, End] = {
    "exit": _exits,
    "detach": _detaches,
    "kill": _is_killed,
    "rm": _is_removed,
    "SIGTERM": _client_dies(signal.SIGTERM),
    "SIGHUP": _client_dies(signal.SIGHUP),
}


@pytest.mark.parametrize("end", ENDS)
def test_after_run(cli: Cli, bash: pexpect.spawn, busybox_image: str, end: str) -> None:
    bash.sendline(f"{ODD}; echo set-$((40 + 2))")
    bash.expect("set-42.*READY> ")
    before = _settings(bash)
    bash.sendline(f"nerdpy run -it --name box --network none {busybox_image} sh")
    bash.expect("/ # ")
    becomes_raw(bash)
    ENDS[end](cli, bash)
    bash.expect("READY> ")
    assert _settings(bash) == before


def test_after_the_death_of_the_monitor(cli: Cli, bash: pexpect.spawn, busybox_image: str) -> None:
    before = _settings(bash)
    bash.sendline(f"nerdpy run -it --name box --network none {busybox_image} sh")
    bash.expect("/ # ")
    becomes_raw(bash)
    os.kill(monitor_of(cli.ok("inspect", "-f", "{{.Id}}", "box").line), signal.SIGKILL)
    bash.expect("the monitor of container box was killed, and a new one goes on")
    becomes_raw(bash)
    bash.send("echo still-$((40 + 2)); exit\r")
    bash.expect("still-42")
    bash.expect("READY> ")
    assert _settings(bash) == before


@pytest.mark.parametrize("words", ["exec -it box sh", "attach box", "start -ai later"])
def test_after_exec_attach_and_start(cli: Cli, bash: pexpect.spawn, busybox_image: str, words: str) -> None:
    cli.ok("run", "-dit", "--name", "box", "--network", "none", busybox_image, "sh")
    cli.ok("create", "-it", "--name", "later", "--network", "none", busybox_image, "sh")
    bash.sendline(f"{ODD}; echo set-$((40 + 2))")
    bash.expect("set-42.*READY> ")
    before = _settings(bash)
    for end in (DETACH, "exit 3\r"):
        bash.sendline(f"nerdpy {words if end is DETACH else words.replace('start -ai', 'attach')}")
        becomes_raw(bash)
        bash.send("echo in-$((1 + 1))\r")
        bash.expect("in-2")
        bash.send(end)
        bash.expect("READY> ")
        assert _settings(bash) == before
