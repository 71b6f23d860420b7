"""Times and sizes in docker's words."""

from datetime import UTC, datetime, timedelta

import pytest

from nerdpy.dockercompat.units import (
    bytes_size,
    human_ago,
    human_duration,
    human_size,
    human_size_3,
    truncated,
)


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(seconds=-5), "Less than a second"),
        (timedelta(milliseconds=450), "Less than a second"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=45), "45 seconds"),
        (timedelta(seconds=59.9), "59 seconds"),
        (timedelta(seconds=60), "About a minute"),
        (timedelta(seconds=119), "About a minute"),
        (timedelta(minutes=3), "3 minutes"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=1), "About an hour"),
        (timedelta(minutes=89), "About an hour"),
        (timedelta(minutes=90), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=13), "13 days"),
        (timedelta(days=14), "2 weeks"),
        (timedelta(days=59), "8 weeks"),
        (timedelta(days=60), "2 months"),
        (timedelta(days=364), "12 months"),
        (timedelta(days=729), "24 months"),
        (timedelta(days=730), "2 years"),
        (timedelta(days=3653), "10 years"),
    ],
)
def test_a_duration_is_one_rounded_unit(duration: timedelta, words: str) -> None:
    assert human_duration(duration) == words


def test_ago_needs_a_time_that_has_been() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    assert human_ago(now - timedelta(minutes=3), now) == "3 minutes ago"
    assert human_ago(None, now) == "N/A"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0B"),
        (999, "999B"),
        (1000, "1kB"),
        (1024, "1.024kB"),
        (12_345_678, "12.35MB"),
        (1_084_000_000, "1.084GB"),
        (999_999, "1000kB"),
        (10**27, "1000YB"),
    ],
)
def test_sizes_have_four_digits_of_powers_of_a_thousand(size: int, text: str) -> None:
    assert human_size(size) == text


def test_traffic_has_three_digits_and_memory_powers_of_1024() -> None:
    assert [human_size_3(size) for size in (12_345_678, 1_084_000_000, 656)] == ["12.3MB", "1.08GB", "656B"]
    assert [bytes_size(size) for size in (0, 1024, 1_258_291, 2 * 2**30)] == ["0B", "1KiB", "1.2MiB", "2GiB"]


@pytest.mark.parametrize(
    ("text", "length", "cut"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "a"), ("abc", 0, "")]
)
def test_a_cut_text_ends_with_an_ellipsis(text: str, length: int, cut: str) -> None:
    assert truncated(text, length) == cut
