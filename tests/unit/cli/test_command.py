"""A command's declaration is read, and typer calls the command with what was typed."""

from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest

from nerdpy.cli.command import BuiltCommand
from nerdpy.cli.context import Context
from nerdpy.cli.declaration import read_declaration
from nerdpy.cli.flags import Argument, Later, NotBuilt, Option
from nerdpy.errors import InvalidArgument, UsageError

SEEN: list[Any] = []


@dataclass(frozen=True, kw_only=True)
class LookFlags:
    size: Annotated[int | None, Option("--size", "-s", help="How big")] = None
    cpus: Annotated[float, Option("--cpus", help="How many")] = 0.0
    quiet: Annotated[bool, Option("--quiet", "-q", help="Say less")] = False
    pull: Annotated[str, Option("--pull", help="When", choices=("always", "never"))] = "always"
    link: Annotated[bool, Option("--link", help="Link"), Later("links are not built yet")] = False


@dataclass(frozen=True, kw_only=True)
class PlaceFlags:
    label: Annotated[list[str], Option("--label", "-l", help="Labels")] = field(default_factory=lambda: ["a"])
    network: Annotated[str, Option("--net", "--network", help="Network")] = "bridge"


def run(
    context: Context,
    look: LookFlags,
    place: PlaceFlags,
    image: Annotated[str, Argument("IMAGE", complete="image")],
    words: Annotated[list[str], Argument("[COMMAND] [ARG...]")] = [],  # noqa: B006  # never changed
) -> None:
    """Run something"""
    SEEN.append((look, place, image, words))


def stop(context: Context, names: Annotated[list[str], Argument("CONTAINER [CONTAINER...]")]) -> None:
    """Stop something"""
    SEEN.append(names)


def tag(
    context: Context, source: Annotated[str, Argument("SOURCE")], target: Annotated[str, Argument("TARGET")]
) -> None:
    """Tag something"""


def ls(context: Context, only: Annotated[str, Argument("[NAME]")] = "") -> None:
    """List something"""


def info(context: Context) -> None:
    """Say something"""


def called(function: Any, line: str, *, options_first: bool = True) -> Any:
    declaration = read_declaration(function.__name__, function)
    BuiltCommand(declaration, str, options_first=options_first).run(Context({}), line.split())
    return SEEN.pop()


def test_flags_that_are_not_given_have_their_defaults() -> None:
    assert called(run, "nginx") == (LookFlags(), PlaceFlags(), "nginx", [])


def test_values_arrive_in_their_kinds_and_groups() -> None:
    look, place, image, words = called(
        run, "-s 3 --cpus=1.5 -q --pull never -l x -l y,z --network host nginx sh -c true"
    )
    assert look == LookFlags(size=3, cpus=1.5, quiet=True, pull="never")
    assert place == PlaceFlags(label=["x", "y,z"], network="host")
    assert (image, words) == ("nginx", ["sh", "-c", "true"])


def test_the_last_of_a_single_flag_wins() -> None:
    look, place, _, _ = called(run, "--size 1 --size 2 --net a --network b -q -q=false nginx")
    assert (look.size, look.quiet, place.network) == (2, False, "b")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--size big x", 'invalid argument "big" for -s, --size: must be a whole number'),
        ("--quiet=maybe x", 'invalid argument "maybe" for -q, --quiet: must be true or false'),
        ("--pull sometimes x", 'invalid argument "sometimes" for --pull: must be one of always, never'),
        ("--size big --size 3 x", 'invalid argument "big" for -s, --size: must be a whole number'),
        ("-q= x", 'invalid argument "" for -q, --quiet: must be true or false'),
    ],
)
def test_a_bad_value_names_its_flag(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        called(run, line)
    assert caught.value.message == message


def test_what_follows_the_first_word_belongs_to_the_container() -> None:
    look, _, image, words = called(run, "-qs3 web prog -q=false --nosuch -- y")
    assert (look, image) == (LookFlags(size=3, quiet=True), "web")
    assert words == ["prog", "-q=false", "--nosuch", "--", "y"]


def test_options_may_stand_between_words_where_a_command_allows_it() -> None:
    look, _, image, words = called(run, "one -q two -s 3 -- -x", options_first=False)
    assert (look, image, words) == (LookFlags(size=3, quiet=True), "one", ["two", "-x"])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--naem x", "unknown flag: --naem"),
        ("--naem=x", "unknown flag: --naem"),
        ("--siz 80", "unknown flag: --siz"),
        ("-x", "unknown flag: -x"),
        ("-qx", 'unknown flag: -x in "-qx"'),
        ("--size", "flag needs an argument: --size"),
        ("-s", "flag needs an argument: -s"),
        ("-qs", "flag needs an argument: -s"),
    ],
)
def test_an_unknown_flag_and_a_missing_value_are_named(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        called(run, line)
    assert caught.value.message == message
    assert caught.value.exit_code == 125


def test_a_flag_that_is_not_built_is_refused_unless_it_says_nothing_new() -> None:
    with pytest.raises(NotBuilt, match="--link: links are not built yet"):
        called(run, "--link x")
    assert called(run, "--link=false x")[2] == "x"


@pytest.mark.parametrize(
    ("function", "line", "message"),
    [
        (run, "", '"nerdpy run" needs at least 1 argument, got 0'),
        (stop, "", '"nerdpy stop" needs at least 1 argument, got 0'),
        (tag, "one", '"nerdpy tag" needs exactly 2 arguments, got 1'),
        (tag, "one two three", '"nerdpy tag" needs exactly 2 arguments, got 3'),
        (ls, "one two", '"nerdpy ls" takes at most 1 argument, got 2'),
        (info, "one", '"nerdpy info" takes no arguments, got 1'),
    ],
)
def test_a_wrong_number_of_words_is_refused_with_the_usage(function: Any, line: str, message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        called(function, line)
    assert caught.value.message == message
    assert caught.value.hint is not None
    assert f"usage: nerdpy {function.__name__}" in caught.value.hint


@pytest.mark.parametrize(
    ("function", "usage"),
    [
        (run, "nerdpy run [OPTIONS] IMAGE [COMMAND] [ARG...]"),
        (stop, "nerdpy stop CONTAINER [CONTAINER...]"),
        (info, "nerdpy info"),
    ],
)
def test_the_usage_line_is_made_of_the_declaration(function: Any, usage: str) -> None:
    assert read_declaration(function.__name__, function).usage == usage
