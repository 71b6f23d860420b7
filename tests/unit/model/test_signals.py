"""Signals by name and number."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.signals import parse_signal, signal_name


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("TERM", 15),
        ("SIGTERM", 15),
        ("sigterm", 15),
        ("kill", 9),
        ("15", 15),
        ("HUP", 1),
        ("USR1", 10),
        ("CHLD", 17),
        ("CLD", 17),
        ("WINCH", 28),
        ("SYS", 31),
        ("RTMIN", 34),
        ("SIGRTMIN+3", 37),
        ("RTMAX", 64),
        ("RTMAX-1", 63),
        ("64", 64),
    ],
)
def test_a_signal_is_known_by_name_and_number(text: str, number: int) -> None:
    assert parse_signal(text) == number


@pytest.mark.parametrize("text", ["", "FOO", "0", "65", "-9", "SIG", "RTMIN+31", "1.5", "٣"])
def test_an_unknown_signal_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="invalid signal"):
        parse_signal(text)


def test_every_number_has_a_name_that_leads_back() -> None:
    for number in (*range(1, 32), *range(34, 65)):
        assert parse_signal(signal_name(number)) == number
    assert signal_name(15) == "SIGTERM"
    assert signal_name(37) == "SIGRTMIN+3"
