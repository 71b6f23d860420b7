"""Words find their command; flags, help and mistyped words are answered as docker answers them."""

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Any

import pytest

from nerdpy.cli.context import Context
from nerdpy.cli.dispatch import dispatch
from nerdpy.cli.flags import Argument, NotBuilt, Option
from nerdpy.cli.tree import TREE, Entry
from nerdpy.errors import InvalidArgument, NerdpyError, UsageError


@dataclass(frozen=True, kw_only=True)
class Flags:
    hostname: Annotated[str, Option("--hostname", "-h", help="Host name")] = ""
    name: Annotated[str, Option("--name", "-n", help="Name")] = ""
    all: Annotated[bool, Option("--all", "-a", help="All")] = False


@dataclass(frozen=True, kw_only=True)
class NoFlags:
    time: Annotated[int, Option("--time", "-t", help="Seconds")] = 10


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What two commands of the test's own were called with: `run` and `stop`."""
    seen: list[Any] = []

    def run(
        context: Context,
        flags: Flags,
        image: Annotated[str, Argument("IMAGE")],
        words: Annotated[tuple[str, ...], Argument("[COMMAND] [ARG...]")] = (),
    ) -> None:
        """Run it"""
        seen.append((flags, image, list(words)))

    def stop(context: Context, flags: NoFlags, names: Annotated[list[str], Argument("CONTAINER")]) -> None:
        """Stop it"""
        seen.append((flags, names))

    for path, function, options_first in (("container run", run, True), ("container stop", stop, False)):
        module = ModuleType(f"nerdpy.commands.trial_{function.__name__}")
        module.command = function  # type: ignore[attr-defined]  # that is what a command's module has
        monkeypatch.setitem(sys.modules, module.__name__, module)
        entry = Entry(
            "Do it", f"trial_{function.__name__}", aliases=TREE[path].aliases, options_first=options_first
        )
        monkeypatch.setitem(TREE, path, entry)
    return seen


def flags_after(line: str) -> dict[str, Any]:
    context = Context({})
    dispatch(context, line.split())
    return context.flags


@pytest.mark.parametrize("line", ["stop a b", "container stop a b", "container stop -- a b", "stop a -- b"])
def test_a_command_is_found_by_its_names(ran: list[Any], line: str) -> None:
    dispatch(Context({}), line.split())
    assert ran == [(NoFlags(), ["a", "b"])]


@pytest.mark.parametrize(
    "line",
    [
        "--namespace x stop a",
        "-n x stop a",
        "--n x stop a",
        "--namespace=x container stop a",
        "container --namespace x stop a",
        "container stop a --namespace x",
        "stop a -n x",
        "stop -n x -t 3 a",
        "-n y stop -nx a",
    ],
)
def test_global_flags_stand_before_and_after_the_command(ran: list[Any], line: str) -> None:
    assert flags_after(line) == {"namespace": "x"}
    assert ran[0][1] == ["a"]


def test_a_command_has_the_first_claim_on_a_letter(ran: list[Any]) -> None:
    flags = flags_after("-n space -a /sock run -n name -a -h web image -n prog -h")
    assert flags == {"namespace": "space", "address": "/sock"}
    assert ran == [(Flags(name="name", all=True, hostname="web"), "image", ["-n", "prog", "-h"])]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run image prog", ["prog"]),
        ("run image -- prog", ["prog"]),
        ("run -- image prog", ["prog"]),
        ("run image prog -- x", ["prog", "--", "x"]),
        ("run image -- --help", ["--help"]),
        ("run image --help", ["--help"]),
    ],
)
def test_two_dashes_after_the_image_are_tolerated(ran: list[Any], line: str, words: list[str]) -> None:
    dispatch(Context({}), line.split())
    assert ran == [(Flags(), "image", words)]


@pytest.mark.parametrize(
    "line",
    [
        "stop --help",
        "stop -h",
        "stop a --help",
        "help stop",
        "--help stop",
        "help container stop",
        "run --help",
        "container run --help",
    ],
)
def test_help_is_shown_instead_of_running(
    ran: list[Any], capsys: pytest.CaptureFixture[str], line: str
) -> None:
    dispatch(Context({}), line.split())
    assert capsys.readouterr().out.startswith("Usage:  nerdpy ")
    assert ran == []


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("", "Usage:  nerdpy [OPTIONS] COMMAND"),
        ("--help", "Usage:  nerdpy [OPTIONS] COMMAND"),
        ("-h", "Usage:  nerdpy [OPTIONS] COMMAND"),
        ("help", "Usage:  nerdpy [OPTIONS] COMMAND"),
        ("--debug", "Usage:  nerdpy [OPTIONS] COMMAND"),
        ("container", "Usage:  nerdpy container COMMAND"),
        ("container --help", "Usage:  nerdpy container COMMAND"),
        ("--debug container", "Usage:  nerdpy container COMMAND"),
        ("help network", "Usage:  nerdpy network COMMAND"),
        ("ns", "Usage:  nerdpy ns COMMAND"),
        ("image verifier", "Usage:  nerdpy image verifier COMMAND"),
        ("image verifier --help", "Usage:  nerdpy image verifier COMMAND"),
        ("help image verifier", "Usage:  nerdpy image verifier COMMAND"),
        ("--debug image --debug verifier", "Usage:  nerdpy image verifier COMMAND"),
        ("image verifier ls --help", "Usage:  nerdpy image verifier ls"),
        ("help image verifier rm", "Usage:  nerdpy image verifier rm"),
        ("--debug --version", "nerdpy version "),
    ],
)
def test_a_group_or_nothing_alone_shows_help(
    capsys: pytest.CaptureFixture[str], line: str, start: str
) -> None:
    dispatch(Context({}), line.split())
    assert capsys.readouterr().out.startswith(start)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("rnu x", '"rnu" is not a nerdpy command', "did you mean `run`? see `nerdpy --help`"),
        ("container lss", '"lss" is not a nerdpy container command', "did you mean `ls`?"),
        ("ns lst", '"lst" is not a nerdpy ns command', "`ls`"),
        ("image verifer", '"verifer" is not a nerdpy image command', "did you mean `verifier`?"),
        ("image verifier rmm", '"rmm" is not a nerdpy image verifier command', "`rm`"),
        ("volum", '"volum" is not a nerdpy command', "did you mean `volume`?"),
        ("connect", '"connect" is not a nerdpy command', "did you mean `nerdpy network connect`?"),
        ("help rnu", '"rnu" is not a nerdpy command', "did you mean `run`?"),
        ("qqqqqq", '"qqqqqq" is not a nerdpy command', "see `nerdpy --help`"),
    ],
)
def test_a_mistyped_command_gets_near_names(line: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        dispatch(Context({}), line.split())
    assert caught.value.message == message
    assert hint in (caught.value.hint or "")
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("--naemspace x ps", "unknown flag: --naemspace", "did you mean `--namespace`? see `nerdpy --help`"),
        ("run --hostnam x", "unknown flag: --hostnam", "did you mean `--hostname`"),
        ("container stop --tiem 3 x", "unknown flag: --tiem", "`--time`? see `nerdpy container stop --help`"),
        ("stop -x a", "unknown flag: -x", "see `nerdpy stop --help`"),
        ("stop a -v", "unknown flag: -v", "see `nerdpy stop --help`"),
    ],
)
def test_a_mistyped_flag_gets_near_names(ran: list[Any], line: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        dispatch(Context({}), line.split())
    assert caught.value.message == message
    assert hint in (caught.value.hint or "")
    assert ran == []


@pytest.mark.parametrize("line", ["compose up", "builder prune", "builder", "build ."])
def test_what_is_not_even_declared_says_that_it_is_not_built(line: str) -> None:
    with pytest.raises(NotBuilt, match="is not built yet"):
        dispatch(Context({}), line.split())


def test_a_failing_command_leaves_its_exit_code_in_the_context(ran: list[Any]) -> None:
    context = Context({})
    with pytest.raises(NerdpyError):
        dispatch(context, ["stop"])
    assert (context.path, context.fails_with) == ("container stop", 1)
