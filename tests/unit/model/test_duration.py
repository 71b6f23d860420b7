"""Durations in Go's notation, both ways."""

from datetime import timedelta

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.duration import parse_duration, render_duration


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", timedelta()),
        ("0s", timedelta()),
        ("1s", timedelta(seconds=1)),
        ("1h30m", timedelta(minutes=90)),
        ("1.5s", timedelta(seconds=1.5)),
        (".5s", timedelta(seconds=0.5)),
        ("1.s", timedelta(seconds=1)),
        ("-2m", timedelta(minutes=-2)),
        ("+2m", timedelta(minutes=2)),
        ("100ms", timedelta(milliseconds=100)),
        ("5us", timedelta(microseconds=5)),
        ("5µs", timedelta(microseconds=5)),
        ("1500ns", timedelta(microseconds=1)),
        ("1m1m", timedelta(minutes=2)),
    ],
)
def test_durations_are_read(text: str, value: timedelta) -> None:
    assert parse_duration(text) == value


@pytest.mark.parametrize("text", ["", "1", "s", "1x", "1h 2m", "-", ".s", "1d", "9999999999h"])
def test_a_malformed_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="is malformed"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(), "0s"),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(hours=1), "1h0m0s"),
        (timedelta(seconds=1.5), "1.5s"),
        (timedelta(milliseconds=100), "100ms"),
        (timedelta(microseconds=1500), "1.5ms"),
        (timedelta(microseconds=7), "7µs"),
        (timedelta(days=2, seconds=3), "48h0m3s"),
        (timedelta(minutes=-2), "-2m0s"),
    ],
)
def test_durations_are_shown_as_go_does(value: timedelta, text: str) -> None:
    assert render_duration(value) == text
    assert parse_duration(text) == value
