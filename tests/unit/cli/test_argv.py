"""Docker's spelling of a command line is taken apart as docker takes it apart."""

import pytest

from nerdpy.cli.argv import UnknownFlag, take_apart
from nerdpy.errors import UsageError

TAKES_VALUE = {
    "--detach": False,
    "-d": False,
    "-i": False,
    "-t": False,
    "--rm": False,
    "--publish": True,
    "-p": True,
    "--env": True,
    "-e": True,
    "--net": True,
}


@pytest.mark.parametrize(
    ("line", "given", "plain"),
    [
        ("web", [], ["web"]),
        ("--rm web", [("--rm", None)], ["web"]),
        ("--rm=false web", [("--rm", "false")], ["web"]),
        ("--publish 80:80 web", [("--publish", "80:80")], ["web"]),
        ("--publish=80:80 web", [("--publish", "80:80")], ["web"]),
        ("-p 80:80 web", [("-p", "80:80")], ["web"]),
        ("-p80:80 web", [("-p", "80:80")], ["web"]),
        ("-p=80:80 web", [("-p", "80:80")], ["web"]),
        ("-eFOO=1 web", [("-e", "FOO=1")], ["web"]),
        ("-e FOO=1 web", [("-e", "FOO=1")], ["web"]),
        ("--env FOO=a=b web", [("--env", "FOO=a=b")], ["web"]),
        ("-it web", [("-i", None), ("-t", None)], ["web"]),
        ("-itd web", [("-i", None), ("-t", None), ("-d", None)], ["web"]),
        ("-itp 80:80 web", [("-i", None), ("-t", None), ("-p", "80:80")], ["web"]),
        ("-itp80:80 web", [("-i", None), ("-t", None), ("-p", "80:80")], ["web"]),
        ("-d=true web", [("-d", "true")], ["web"]),
        ("-it=false web", [("-i", None), ("-t", "false")], ["web"]),
        ("--net=host -it web", [("--net", "host"), ("-i", None), ("-t", None)], ["web"]),
        ("-e -d web", [("-e", "-d")], ["web"]),
        ("--env= web", [("--env", "")], ["web"]),
        ("- web", [], ["-", "web"]),
        ("-- --rm web", [], ["--rm", "web"]),
        ("--rm -- web", [("--rm", None)], ["web"]),
        ("", [], []),
    ],
)
def test_options_and_words_are_told_apart(
    line: str, given: list[tuple[str, str | None]], plain: list[str]
) -> None:
    parts = take_apart(line.split(" ") if line else [], TAKES_VALUE, options_first=True)
    assert (parts.given, parts.plain) == (given, plain)


def test_what_follows_the_first_word_belongs_to_the_container() -> None:
    words = ["--rm=true", "web", "prog", "--rm=false", "-x", "--", "y"]
    parts = take_apart(words, TAKES_VALUE, options_first=True)
    assert parts.given == [("--rm", "true")]
    assert parts.plain == ["web", "prog", "--rm=false", "-x", "--", "y"]


def test_options_may_stand_between_words_where_a_command_allows_it() -> None:
    parts = take_apart(["one", "--rm", "two", "-p", "1:1"], TAKES_VALUE, options_first=False)
    assert parts.given == [("--rm", None), ("-p", "1:1")]
    assert parts.plain == ["one", "two"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--naem x", "unknown flag: --naem"),
        ("--naem=x", "unknown flag: --naem"),
        ("-x", "unknown flag: -x"),
        ("-ix", 'unknown flag: -x in "-ix"'),
        ("--publis 80", "unknown flag: --publis"),
    ],
)
def test_an_unknown_flag_is_named(line: str, message: str) -> None:
    with pytest.raises(UnknownFlag) as caught:
        take_apart(line.split(), TAKES_VALUE, options_first=True)
    assert caught.value.message == message
    assert caught.value.exit_code == 125


@pytest.mark.parametrize("line", ["--publish", "-p", "-itp"])
def test_a_flag_that_wants_a_value_and_gets_none_is_named(line: str) -> None:
    with pytest.raises(UsageError, match="flag needs an argument: -+p"):
        take_apart([line], TAKES_VALUE, options_first=True)
