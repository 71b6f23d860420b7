"""Progress in a pipe and on a terminal (a pty of the test's own)."""

import io
import os
import pty
import re
import sys
import threading
from collections.abc import Iterator

import pytest

from nerdpy.engine import BlobProgress, Note, Transferring, Warned
from nerdpy.output.console import Console
from nerdpy.output.progress import PATIENCE, Progress
from nerdpy.output.transfer import Pace, bar_lines, summary

REFERENCE = "docker.io/library/nginx:latest"


def look(
    phase: str = "downloading", done: int = 0, action: str = "downloading", count: int = 2
) -> Transferring:
    blobs = tuple(BlobProgress(f"blob{number}", action, done, 3_000_000) for number in range(count))
    return Transferring(REFERENCE, phase, blobs)


DONE = look("done", action="complete")


def test_a_pipe_gets_each_change_once_and_the_summary() -> None:
    console = Console(stdout := io.StringIO(), stderr := io.StringIO())
    with Progress(console) as progress:
        progress(Transferring(REFERENCE, "resolving"))
        progress(look(action="waiting"))
        for done in range(0, 3_000_000, 100_000):
            progress(look(done=done))
        progress(Note("half way"))
        progress(look("extracting", 3_000_000, "extracting"))
        progress(DONE)
        progress(DONE)
    assert stdout.getvalue() == ""
    assert re.sub(r"in \d+\.\ds", "in Ts", stderr.getvalue()).splitlines() == [
        f"{REFERENCE}: resolving",
        f"{REFERENCE}: downloading",
        "blob0: downloading 3MB",
        "blob1: downloading 3MB",
        "half way",
        f"{REFERENCE}: extracting",
        "blob0: extracting 3MB",
        "blob1: extracting 3MB",
        "blob0: complete 3MB",
        "blob1: complete 3MB",
        f"{REFERENCE}: done, 2 blobs, 6MB in Ts",
    ]


def test_pull_may_report_on_stdout_while_warnings_stay_on_stderr() -> None:
    console = Console(stdout := io.StringIO(), stderr := io.StringIO())
    with Progress(console, to_stdout=True) as progress:
        progress(Warned("old \x1b[1m engine"))
        progress(DONE)
    assert stdout.getvalue().endswith("s\n")
    assert stderr.getvalue() == "warning: old \\x1b[1m engine\n"


def test_quiet_says_nothing_but_warnings() -> None:
    console = Console(stdout := io.StringIO(), stderr := io.StringIO())
    with Progress(console, is_quiet=True) as progress:
        for event in (Note("x"), look(), DONE, Warned("careful")):
            progress(event)
    assert stdout.getvalue() == ""
    assert stderr.getvalue() == "warning: careful\n"


def test_a_pipe_needs_no_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    with Progress(Console(io.StringIO(), io.StringIO())) as progress:
        progress(look())
        progress(DONE)


@pytest.mark.parametrize(
    ("transfer", "line"),
    [
        (DONE, f"{REFERENCE}: done, 2 blobs, 6MB in 2.0s"),
        (look("done", action="complete", count=1), f"{REFERENCE}: done, 1 blob, 3MB in 2.0s"),
        (look("done", action="exists"), f"{REFERENCE}: done, everything was there already"),
        (Transferring(REFERENCE, "done"), f"{REFERENCE}: done in 2.0s"),
    ],
)
def test_one_line_stays(transfer: Transferring, line: str) -> None:
    assert summary(transfer, Pace(2.0)) == line


@pytest.mark.parametrize("width", [1, 5, 20, 39, 40, 60, 80, 200])
@pytest.mark.parametrize("most", [1, 2, 5, 50])
def test_bars_keep_inside_the_terminal(width: int, most: int) -> None:
    lines = bar_lines(look(done=1_234_567, count=20), width=width, most=most, pace=Pace(1.5, 2e6))
    assert 1 <= len(lines) <= most
    assert all(len(line) <= width for line in lines)


def test_a_bar_shows_how_far_a_blob_is() -> None:
    lines = bar_lines(look(done=1_500_000, count=1), width=80, most=9, pace=Pace(1.5, 2e6))
    assert lines == [
        f"{REFERENCE}: downloading  1.5MB of 3MB  2MB/s  1.5s",
        f"  blob0          downloading {'━' * 20}{'─' * 20} 1.5MB/3MB",
    ]
    narrow = bar_lines(look(done=1_500_000, count=1), width=30, most=9, pace=Pace())
    assert narrow[1] == "  blob0           50%"


class Terminal:
    """A pty: what is written to `console` is collected in `text`."""

    def __init__(self) -> None:
        self.main, side = pty.openpty()
        self.stream = os.fdopen(side, "w")
        self.console = Console(io.StringIO(), self.stream, is_terminal_err=True, has_colour=True)
        self.pieces: list[bytes] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        while True:
            try:
                self.pieces.append(os.read(self.main, 65536))
            except OSError:
                return

    @property
    def text(self) -> str:
        return b"".join(self.pieces).decode(errors="replace")

    def close(self) -> str:
        self.stream.close()
        self.reader.join(5)
        os.close(self.main)
        return self.text


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    if not terminal.stream.closed:
        terminal.close()


def wait_for(seconds: float) -> None:
    threading.Event().wait(seconds)


@pytest.mark.may_run
def test_a_terminal_gets_bars_after_a_while_and_a_summary_at_the_end(terminal: Terminal) -> None:
    with Progress(terminal.console) as progress:
        progress(look(done=10))
        wait_for(PATIENCE + 0.5)
        progress(look(done=2_000_000))
        progress(Warned("above the bars"))
        wait_for(0.3)
        progress(DONE)
    text = terminal.close()
    assert "━" in text
    assert "warning: above the bars" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1, "the cursor is hidden, and shown again"
    assert re.search(rf"{REFERENCE}: done, 2 blobs, 6MB in \d\.\ds\r\n$", text)


@pytest.mark.may_run
def test_what_is_over_soon_flickers_not(terminal: Terminal) -> None:
    with Progress(terminal.console) as progress:
        progress(look())
        progress(DONE)
    wait_for(PATIENCE + 0.1)
    assert re.fullmatch(rf"{REFERENCE}: done, 2 blobs, 6MB in \d\.\ds\r\n", terminal.close())


@pytest.mark.may_run
def test_ctrl_c_restores_the_cursor(terminal: Terminal) -> None:
    def interrupted() -> None:
        with Progress(terminal.console) as progress:
            progress(look())
            wait_for(PATIENCE + 0.5)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    text = terminal.close()
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


@pytest.mark.may_run
def test_a_dumb_terminal_gets_lines(terminal: Terminal) -> None:
    terminal.console.is_dumb = True
    with Progress(terminal.console) as progress:
        progress(look())
        wait_for(PATIENCE + 0.2)
        progress(DONE)
    assert "\x1b" not in terminal.close()
