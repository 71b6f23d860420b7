"""-e, env files, labels and label files."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.environment import (
    merge_variables,
    parse_env_file,
    parse_label,
    parse_label_file,
    parse_variable,
)

CALLER = {"FOO": "foo", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("A=1", "A=1"),
        ("A=", "A="),
        ("A=b=c", "A=b=c"),
        ("A=1,B=2", "A=1,B=2"),
        ("A B=1", "A B=1"),
        ("FOO", "FOO=foo"),
        ("EMPTY", "EMPTY="),
        ("NOPE", "NOPE"),
    ],
)
def test_a_variable_without_value_takes_the_callers(text: str, variable: str) -> None:
    assert parse_variable(text, CALLER) == variable


@pytest.mark.parametrize("text", ["", "=1", "A=\0"])
def test_a_variable_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="environment variable"):
        parse_variable(text, CALLER)


@pytest.mark.parametrize(
    ("content", "variables"),
    [
        (b"", ()),
        (b"A=1\nB=2", ("A=1", "B=2")),
        (b"A=1\r\nB=2\r\n", ("A=1", "B=2")),
        (b"\xef\xbb\xbfA=1\n", ("A=1",)),
        (b"# a comment\n\n  # another\n\tA=1\n", ("A=1",)),
        (b"A=1 # no comment\n", ("A=1 # no comment",)),
        (b"A=\"q\"\nB='q'\n", ('A="q"', "B='q'")),
        (b"A= 1 \n", ("A= 1 ",)),
        (b"A=$FOO\n", ("A=$FOO",)),
        (b"FOO\nNOPE\nEMPTY\n", ("FOO=foo", "EMPTY=")),
        ("A=grün\n".encode(), ("A=grün",)),
        (b"A=b=c\nA=2\n", ("A=b=c", "A=2")),
    ],
)
def test_an_env_file_has_no_quoting(content: bytes, variables: tuple[str, ...]) -> None:
    assert parse_env_file(content, source="x.env", caller=CALLER) == variables


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"A=1\nB=\xff\n", "x.env, line 2: invalid UTF-8 at byte 3"),
        (b"A B=1\n", 'line 1: variable "A B" contains whitespace'),
        (b"export A=1\n", 'variable "export A" contains whitespace'),
        (b"A =1\n", 'variable "A " contains whitespace'),
        (b"\n=1\n", "line 2: no variable name"),
    ],
)
def test_a_bad_line_is_named(content: bytes, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_env_file(content, source="x.env", caller=CALLER)


def test_of_two_values_the_later_wins_in_the_first_ones_place() -> None:
    assert merge_variables(["A=1", "B=2", "A=3", "C", "C=4", "B"]) == ("A=3", "B", "C=4")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a=b", ("a", "b")),
        ("a", ("a", "")),
        ("a=b=c", ("a", "b=c")),
        ("a=b c", ("a", "b c")),
        ("a=", ("a", "")),
    ],
)
def test_a_label_is_a_name_and_a_value(text: str, label: tuple[str, str]) -> None:
    assert parse_label(text) == label


@pytest.mark.parametrize("text", ["", "=b", "a b=1", "a\tb"])
def test_a_malformed_label_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="label"):
        parse_label(text)


def test_a_label_file_takes_nothing_from_the_caller() -> None:
    assert parse_label_file(b"a=1\nFOO\n#c\na=2\n", source="l") == {"a": "2", "FOO": ""}
