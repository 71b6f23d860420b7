"""The terminal is raw while it is the container's, and as before on every way out."""

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from nerdpy.stdio.terminal import Terminal, rawly, terminal_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def terminal() -> Iterator[int]:
    leader, follower = pty.openpty()
    yield follower
    os.close(leader)
    os.close(follower)


def local_flags(descriptor: int) -> int:
    flags: int = termios.tcgetattr(descriptor)[3]
    return flags


def test_every_key_passes_while_it_is_raw(terminal: int) -> None:
    before = termios.tcgetattr(terminal)
    with Terminal(terminal).raw():
        assert not local_flags(terminal) & (termios.ECHO | termios.ICANON | termios.ISIG)
        assert not termios.tcgetattr(terminal)[1] & termios.OPOST
    assert termios.tcgetattr(terminal) == before


def test_an_error_restores_it(terminal: int) -> None:
    before = termios.tcgetattr(terminal)
    with pytest.raises(KeyError), Terminal(terminal).raw():
        raise KeyError
    assert termios.tcgetattr(terminal) == before


def test_making_raw_changes_nothing_in_what_it_was_made_from(terminal: int) -> None:
    before = termios.tcgetattr(terminal)
    copy = [*before[:6], list(before[6])]
    rawly(before)
    assert before == copy


@pytest.mark.may_run
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_deadly_signal_restores_it_and_kills(terminal: int, number: int) -> None:
    before = termios.tcgetattr(terminal)
    program = (
        "import os, signal, time\n"
        "from nerdpy.stdio.terminal import Terminal\n"
        "with Terminal(0).raw():\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "    time.sleep(5)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdin=terminal, cwd=ROOT, check=False)
    assert done.returncode == -number
    assert termios.tcgetattr(terminal) == before


def test_its_size_is_columns_and_rows(terminal: int) -> None:
    termios.tcsetwinsize(terminal, (24, 80))
    assert Terminal(terminal).size() == (80, 24)


def test_what_is_no_terminal_has_no_size_and_is_not_found() -> None:
    reading, writing = os.pipe()
    assert Terminal(reading).size() == (0, 0)
    assert terminal_of(reading, writing) is None
    os.close(reading)
    os.close(writing)


def test_the_first_terminal_is_taken(terminal: int) -> None:
    reading, writing = os.pipe()
    assert terminal_of(reading, terminal) == Terminal(terminal)
    os.close(reading)
    os.close(writing)
