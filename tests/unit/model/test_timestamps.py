"""Times of logs: every form that --since takes, to the nanosecond."""

import time
from datetime import UTC, datetime

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.timestamps import parse_entry_time, parse_timestamp, render_timestamp

NOW = datetime(2024, 5, 6, 12, 0, 0, tzinfo=UTC)
SECOND = 1_000_000_000


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("1714979280", 1714979280 * SECOND),
        ("1714979280.5", 1714979280 * SECOND + 500_000_000),
        ("1714979280.000000001", 1714979280 * SECOND + 1),
        ("-1.5", -1_500_000_000),
        ("10m", 1714996800 * SECOND - 600 * SECOND),
        ("1h30m", 1714996800 * SECOND - 5400 * SECOND),
        ("2024-05-06T12:00:00Z", 1714996800 * SECOND),
        ("2024-05-06t12:00:00z", 1714996800 * SECOND),
        ("2024-05-06T12:00:00.123456789Z", 1714996800 * SECOND + 123456789),
        ("2024-05-06T14:00:00+02:00", 1714996800 * SECOND),
        ("2024-05-06T12:00Z", 1714996800 * SECOND),
        ("2024-05-06T12Z", 1714996800 * SECOND),
        ("2024-05-06Z", 1714953600 * SECOND),
    ],
)
def test_a_time_with_a_zone_or_none_needed(text: str, expected: int) -> None:
    assert parse_timestamp(text, NOW) == expected


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-05-06T14:00:00", "2024-05-06T12:00:00Z"),
        ("2024-05-06T14:00", "2024-05-06T12:00:00Z"),
        ("2024-05-06 14:00", "2024-05-06T12:00:00Z"),
        ("2024-05-06T14", "2024-05-06T12:00:00Z"),
        ("2024-05-06", "2024-05-05T22:00:00Z"),
        ("2024-01-06", "2024-01-05T23:00:00Z"),
    ],
)
def test_a_time_without_zone_is_local_with_its_own_summer_time(text: str, utc: str) -> None:
    assert parse_timestamp(text, NOW) == parse_entry_time(utc)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "2024-05-06T25:00", "1.2.3", "10x"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_timestamp(text, NOW)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("2024-05-06T12:00:00Z", "2024-05-06T12:00:00.000000000Z"),
        ("2024-05-06T12:00:00.5Z", "2024-05-06T12:00:00.500000000Z"),
        ("2024-05-06T12:00:00.123456789Z", "2024-05-06T12:00:00.123456789Z"),
    ],
)
def test_an_entrys_time_is_read_and_shown_again(text: str, fixed: str) -> None:
    assert render_timestamp(parse_entry_time(text)) == fixed


def test_no_time_is_an_error() -> None:
    with pytest.raises(ValueError, match="soon"):
        parse_entry_time("soon")
