"""Records, pairs and switches as docker's flags have them."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.pairs import parse_pair, parse_switch, split_record


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        ('a,"b,c",d', ["a", "b,c", "d"]),
        ('"say ""hi""",x', ['say "hi"', "x"]),
        ("a,", ["a", ""]),
        ("", [""]),
        ('""', [""]),
    ],
)
def test_a_record_is_split_at_bare_commas(text: str, fields: list[str]) -> None:
    assert split_record(text) == fields


@pytest.mark.parametrize("text", ['a="b', 'a="b,c"', '"a', '"a"b,c', "a\nb"])
def test_a_malformed_record_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="quote|line"):
        split_record(text)


def test_a_pair_may_lack_its_value_but_not_its_name() -> None:
    assert parse_pair("a=b=c", "option") == ("a", "b=c")
    assert parse_pair("a", "option") == ("a", "")
    with pytest.raises(InvalidArgument, match="invalid option"):
        parse_pair("=b", "option")


def test_a_switch_is_spelled_as_in_go() -> None:
    assert [parse_switch(text, "x") for text in ("1", "t", "True", "TRUE", "0", "F", "false")] == [
        True
    ] * 4 + [False] * 3
    for text in ("yes", "", "tRUE", "on"):
        with pytest.raises(InvalidArgument, match="invalid value for x"):
            parse_switch(text, "x")
