"""What is read without typer is what typer reads, and what typer refuses is left to it."""

import random
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest

from nerdpy.cli.command import BuiltCommand, global_command
from nerdpy.cli.context import Context
from nerdpy.cli.declaration import Declaration, read_declaration
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.reading import Line, read_globals, read_line
from nerdpy.errors import NerdpyError

SEEN: list[Any] = []
PIECES = ["--size", "--size=3", "-s", "-s4", "-s=5", "--quiet", "--quiet=false", "-q", "-qs", "-q=0", "-qs6"]
PIECES += [
    "--label",
    "--label=a=b",
    "-l",
    "-la,b",
    "--net",
    "--network",
    "host",
    "7",
    "-x",
    "-qx",
    "--nosuch",
]
PIECES += [
    "--",
    "-",
    "",
    "=",
    "--=",
    "-=",
    "--size=",
    "-n",
    "k8s.io",
    "--namespace=moby",
    "-D",
    "--debug=false",
]
PIECES += ["--host", "--address=/c.sock", "--help=false", "-h=0", "--hosts-dir=/a", "web", "sh", "-c", "a=b"]


@dataclass(frozen=True, kw_only=True)
class LookFlags:
    size: Annotated[int | None, Option("--size", "-s", help="How big")] = None
    quiet: Annotated[bool, Option("--quiet", "-q", help="Say less")] = False


@dataclass(frozen=True, kw_only=True)
class PlaceFlags:
    label: Annotated[list[str], Option("--label", "-l", help="Labels")] = field(default_factory=list)
    network: Annotated[str, Option("--net", "--network", help="Network")] = "bridge"


def run(
    context: Context,
    look: LookFlags,
    place: PlaceFlags,
    image: Annotated[str, Argument("IMAGE")],
    words: Annotated[list[str], Argument("[COMMAND] [ARG...]")] = [],  # noqa: B006  # never changed
) -> None:
    """Run something"""
    SEEN.append((dict(context.flags), look, place, image, words))


def tag(
    context: Context,
    look: LookFlags,
    source: Annotated[str, Argument("SOURCE")],
    target: Annotated[str, Argument("[TARGET]")] = "",
) -> None:
    """Tag something"""
    SEEN.append((dict(context.flags), look, source, target))


def by_typer(declaration: Declaration, words: list[str], *, options_first: bool) -> Any:
    context = Context({})
    BuiltCommand(declaration, lambda: "the page", options_first=options_first).run(context, words)
    return SEEN.pop()


def by_line(declaration: Declaration, line: Line) -> Any:
    declaration.call(Context({}, line.global_flags), line.flags, line.words)
    return SEEN.pop()


def outcome(call: Any, *given: Any, **named: Any) -> Any:
    try:
        return call(*given, **named)
    except NerdpyError as error:
        return type(error), error.message


def asks_for_help(words: list[str]) -> bool:
    return bool({"--help=false", "-h=0"} & set(words))


@pytest.mark.parametrize("options_first", [True, False])
@pytest.mark.parametrize("function", [run, tag])
def test_any_line_means_what_it_means_to_typer(function: Any, options_first: bool) -> None:
    declaration = read_declaration(function.__name__, function)
    dice = random.Random(function.__name__)
    read = 0
    for _ in range(1500):
        words = dice.choices(PIECES, k=dice.randrange(7))
        here = outcome(read_line, declaration, words, options_first=options_first)
        there = outcome(by_typer, declaration, words, options_first=options_first)
        if here is None:
            assert asks_for_help(words) or issubclass(there[0], NerdpyError), words
        else:
            read += 1
            assert (by_line(declaration, here) if isinstance(here, Line) else here) == there, words
    assert read > 100


def test_global_flags_before_a_command_mean_what_they_mean_to_typer() -> None:
    dice = random.Random(1)
    read = 0
    for _ in range(1500):
        words = dice.choices([*PIECES, "-l", "--log-level=debug", "-v"], k=dice.randrange(6))
        context = Context({})
        there = outcome(lambda: list(global_command("").read(context, words).args))  # noqa: B023
        here = outcome(read_globals, words)
        if here is None:
            assert isinstance(there, tuple), words
        elif isinstance(there, list):
            read += 1
            assert here == (context.flags, there), words
        else:
            assert here == there, words
    assert read > 100


@pytest.mark.parametrize("line", ["--help x", "x -h", "--size big --help x"])
def test_help_is_left_to_typer(line: str) -> None:
    assert read_line(read_declaration("tag", tag), line.split(), options_first=False) is None


def test_a_list_that_is_not_the_last_argument_is_left_to_typer() -> None:
    def cp(
        context: Context,
        sources: Annotated[list[str], Argument("SOURCE...")],
        target: Annotated[str, Argument("TARGET")],
    ) -> None:
        """Copy something"""

    assert read_line(read_declaration("cp", cp), ["a", "b"], options_first=False) is None
