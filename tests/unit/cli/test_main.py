"""Whatever a command raises becomes an exit code and, where it helps, words on stderr."""

import errno
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from nerdpy.cli.context import Context
from nerdpy.cli.main import run
from nerdpy.cli.tree import TREE, Entry
from nerdpy.errors import CommandNotFound, ContainerExited, NotFound, Several, UsageError

Failing = Callable[[BaseException, int], int]

ROOT = Path(__file__).parents[3]
ROOM = "make room: on the disk of the data root, most likely"


def _because(cause: OSError) -> NotFound:
    error = NotFound(f"cannot: {str(cause.strerror).lower()}")
    error.__cause__ = cause
    return error


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """Run a command that raises this error; `fails_with` is what the tree says of it."""

    def fail(error: BaseException, fails_with: int = 1) -> int:
        def command(context: Context) -> None:
            raise error

        module = ModuleType("nerdpy.commands.trial")
        module.command = command  # type: ignore[attr-defined]  # that is what a command's module has
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(TREE, "version", Entry("Fail", "trial", fails_with=fails_with))
        return run(["version"])

    return fail


@pytest.mark.parametrize(
    ("error", "fails_with", "code", "said"),
    [
        (NotFound("no such thing", hint="make one"), 1, 1, "nerdpy: no such thing\n\nhint: make one\n"),
        (NotFound("no such thing"), 125, 125, "nerdpy: no such thing\n"),
        (UsageError("wrong"), 1, 125, "nerdpy: wrong\n"),
        (CommandNotFound("no such program"), 125, 127, "nerdpy: no such program\n"),
        (ContainerExited(0), 125, 0, ""),
        (ContainerExited(1), 125, 1, ""),
        (ContainerExited(42), 1, 42, ""),
        (Several([NotFound("one"), NotFound("two")]), 1, 1, "nerdpy: one\nnerdpy: two\n"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/x"),
            1,
            1,
            (f'nerdpy: "/x": no space left on device\n\nhint: {ROOM}\n'),
        ),
        (
            _because(OSError(errno.ENOSPC, "No space left on device")),
            125,
            125,
            f"nerdpy: cannot: no space left on device\n\nhint: {ROOM}\n",
        ),
        (PermissionError(errno.EACCES, "Permission denied"), 125, 125, "nerdpy: permission denied\n"),
    ],
)
def test_an_error_becomes_its_exit_code_and_words(
    failing: Failing,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    fails_with: int,
    code: int,
    said: str,
) -> None:
    assert failing(error, fails_with) == code
    assert capsys.readouterr() == ("", said)


def test_a_mistake_of_ours_is_one_line_and_a_hint(
    failing: Failing, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(KeyError("x"), 1) == 1
    said = capsys.readouterr().err
    assert said.startswith("nerdpy: internal error: KeyError: 'x'\n")
    assert "--debug" in said
    assert "Traceback" not in said


def test_bytes_that_are_no_text_are_the_users_to_mend(
    failing: Failing, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnicodeEncodeError) as raised:
        "k=\udcff".encode()
    assert failing(raised.value, 1) == 125
    assert capsys.readouterr().err.startswith('nerdpy: "k=\\xff" is not UTF-8\n\nhint: ')


def test_debug_shows_where_a_mistake_of_ours_happened(
    failing: Failing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert failing(KeyError("x"), 1) == 1
    assert run(["--debug", "version"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.may_run
@pytest.mark.parametrize(
    ("words", "code", "start"),
    [
        (["--version"], 0, ""),
        (["rnu"], 1, 'nerdpy: "rnu" is not a nerdpy command'),
        (["--nosuch"], 125, "nerdpy: unknown flag: --nosuch"),
        (["completion"], 1, 'nerdpy: "nerdpy completion" needs exactly 1 argument'),
        (["compose", "up"], 1, "nerdpy: `nerdpy compose` is not built yet"),
    ],
)
def test_the_program_exits_as_docker_does(words: list[str], code: int, start: str) -> None:
    done = subprocess.run([sys.executable, "-m", "nerdpy", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code
    assert done.stderr.startswith(start)
    assert "Traceback" not in done.stderr


@pytest.mark.may_run
@pytest.mark.parametrize(
    ("raised", "number"),
    [
        ("KeyboardInterrupt", signal.SIGINT),
        ("main.Terminated", signal.SIGTERM),
        ("BrokenPipeError", signal.SIGPIPE),
    ],
)
def test_a_signal_ends_nerdpy_quietly_as_it_ends_others(raised: str, number: signal.Signals) -> None:
    program = (
        "import sys\n"
        "from nerdpy.cli import dispatch, main\n"
        "def fail(*_):\n"
        f"    raise {raised}\n"
        "dispatch.dispatch = fail\n"
        "main.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (-number, "", "")


@pytest.mark.may_run
def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m nerdpy --help | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("Usage:  nerdpy [OPTIONS] COMMAND\n", "")
