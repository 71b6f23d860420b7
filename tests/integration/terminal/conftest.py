"""Terminals with a shell in them, and questions about them."""

import sys
import termios
from collections.abc import Callable, Iterator

import pexpect  # type: ignore[import-untyped]
import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.support.terminal import Terminal
from tests.integration.support.waiting import eventually

InShell = Callable[..., Terminal]
IsRunning = Callable[[str], bool]
DETACH = "\x10\x11"
"""ctrl-p, ctrl-q."""


@pytest.fixture
def in_shell(pty_cli: PtyCli, busybox_image: str) -> InShell:
    """`in_shell("--rm", ...)`: `run -it` of a shell without network, at its first prompt."""

    def start(*flags: str, size: tuple[int, int] = (24, 80)) -> Terminal:
        terminal = pty_cli("run", "-it", "--network", "none", *flags, busybox_image, "sh", size=size)
        terminal.expect("# ")
        return terminal

    return start


@pytest.fixture
def is_running(cli: Cli) -> IsRunning:
    """Is the container there, and running?"""

    def ask(name: str) -> bool:
        return cli("inspect", "-f", "{{.State.Running}}", name).out == "true\n"

    return ask


@pytest.fixture
def bash(cli: Cli) -> Iterator[pexpect.spawn]:
    """A shell of the user's with job control, in which `nerdpy` is the one under test."""
    program = cli.folder / "nerdpy"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m nerdpy "$@"\n')
    program.chmod(0o755)
    environment = cli.environment | {
        "PATH": f"{cli.folder}:{cli.environment['PATH']}",
        "TERM": "dumb",
        "PS1": "READY> ",
    }
    shell = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile", "--noediting", "-i"],
        env=environment,
        cwd=str(cli.folder),
        timeout=20,
        encoding="utf-8",
        dimensions=(24, 80),
    )
    shell.expect("READY> ")
    yield shell
    shell.close(force=True)


def is_cooked(terminal: pexpect.spawn) -> bool:
    """Does the terminal echo, edit lines, make signals of keys, and translate newlines?"""
    _, output, _, local, *_ = termios.tcgetattr(terminal.child_fd)
    wanted = termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN
    return local & wanted == wanted and bool(output & termios.OPOST)


def becomes_raw(terminal: pexpect.spawn) -> None:
    """Wait until every key goes to the container."""
    eventually(lambda: not is_cooked(terminal), what="the terminal is raw")


def ended(terminal: Terminal) -> int:
    """Read to the end; the exit code, and the terminal must be as it was."""
    terminal.expect(pexpect.EOF)
    assert is_cooked(terminal)
    return terminal.finish()
