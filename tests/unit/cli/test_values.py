"""The values of flags are read as Go's flag library reads them."""

import pytest

from nerdpy.cli.values import parse_number, parse_switch, parse_whole


@pytest.mark.parametrize("text", ["1", "t", "T", "true", "TRUE", "True"])
def test_every_yes_of_go_is_yes(text: str) -> None:
    assert parse_switch(text) is True


@pytest.mark.parametrize("text", ["0", "f", "F", "false", "FALSE", "False"])
def test_every_no_of_go_is_no(text: str) -> None:
    assert parse_switch(text) is False


@pytest.mark.parametrize("text", ["", "yes", "no", "on", "tRUE", "2"])
def test_what_go_does_not_take_for_a_boolean_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="true or false"):
        parse_switch(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("10", 10), ("-1", -1), ("+3", 3), ("0x10", 16), ("010", 8), ("1_000", 1000)],
)
def test_whole_numbers_may_be_written_as_in_go(text: str, number: int) -> None:
    assert parse_whole(text) == number


@pytest.mark.parametrize("text", ["", "x", "1.5", "10s", "08", "--1"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        parse_whole(text)


def test_numbers_may_have_decimals() -> None:
    assert parse_number("1.5") == 1.5
    with pytest.raises(ValueError, match="must be a number"):
        parse_number("many")
