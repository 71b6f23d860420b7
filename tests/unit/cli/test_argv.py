"""Docker's spelling of a command line is folded into the one that typer reads."""

import pytest

from nerdpy.cli.argv import UnknownFlag, fold

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
    ("line", "folded"),
    [
        ("web", "web"),
        ("--rm web", "--rm=true web"),
        ("--rm=false web", "--rm=false web"),
        ("--rm=maybe web", "--rm=maybe web"),
        ("--publish 80:80 web", "--publish 80:80 web"),
        ("--publish=80:80 web", "--publish=80:80 web"),
        ("-p 80:80 web", "-p 80:80 web"),
        ("-p80:80 web", "-p 80:80 web"),
        ("-p=80:80 web", "-p 80:80 web"),
        ("-eFOO=1 web", "-e FOO=1 web"),
        ("-e FOO=1 web", "-e FOO=1 web"),
        ("--env FOO=a=b web", "--env FOO=a=b web"),
        ("-it web", "-i true -t true web"),
        ("-itd web", "-i true -t true -d true web"),
        ("-itp 80:80 web", "-i true -t true -p 80:80 web"),
        ("-itp80:80 web", "-i true -t true -p 80:80 web"),
        ("-d=true web", "-d true web"),
        ("-it=false web", "-i true -t false web"),
        ("-t= web", "-t  web"),
        ("-p= web", "-p  web"),
        ("-p==x web", "-p =x web"),
        ("--net=host -it web", "--net=host -i true -t true web"),
        ("-e -d web", "-e -d web"),
        ("--env --rm web", "--env --rm web"),
        ("-e -- --rm web", "-e -- --rm=true web"),
        ("--env= web", "--env= web"),
        ("- web", "- web"),
        ("-- --rm web", "-- --rm web"),
        ("--rm -- web", "--rm=true -- web"),
        ("--naem x --rm", "--naem x --rm"),
        ("--publish", "--publish"),
        ("-itp", "-i true -t true -p"),
    ],
)
def test_every_option_gets_one_value(line: str, folded: str) -> None:
    assert fold(line.split(" "), TAKES_VALUE, options_first=True) == folded.split(" ")


def test_what_follows_the_first_word_belongs_to_the_container() -> None:
    words = ["--rm", "web", "prog", "--rm=false", "-x", "-it", "--", "y"]
    assert fold(words, TAKES_VALUE, options_first=True) == ["--rm=true", *words[1:]]


def test_options_may_stand_between_words_where_a_command_allows_it() -> None:
    folded = fold(["one", "--rm", "two", "-p1:1", "--", "-x"], TAKES_VALUE, options_first=False)
    assert folded == ["one", "--rm=true", "two", "-p", "1:1", "--", "-x"]


@pytest.mark.parametrize(
    ("word", "message"), [("-x", "unknown flag: -x"), ("-ix", 'unknown flag: -x in "-ix"')]
)
def test_an_unknown_letter_is_named_with_its_word(word: str, message: str) -> None:
    with pytest.raises(UnknownFlag) as caught:
        fold([word], TAKES_VALUE, options_first=True)
    assert caught.value.message == message
    assert caught.value.exit_code == 125
