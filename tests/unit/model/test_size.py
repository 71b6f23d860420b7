"""Sizes are read and written as docker does."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.size import parse_decimal_size, parse_ram_size, render_ram_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("1", 1),
        ("6m", 6 << 20),
        ("1.5g", 3 << 29),
        (".5k", 512),
        ("1.", 1),
        ("1gib", 1 << 30),
        ("1GB", 1 << 30),
        ("1K", 1024),
        ("1kb", 1024),
        ("1 g", 1 << 30),
        ("12b", 12),
        ("1t", 1 << 40),
        ("1p", 1 << 50),
        ("1e3", 1000),
        ("1.0000001k", 1024),
    ],
)
def test_ram_sizes_count_in_1024s(text: str, size: int) -> None:
    assert parse_ram_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "-1", "abc", "1x", "k", ".", "1kk", "1mbb", "1bi", "1  g", "1e", "0x10", "٣"]
)
def test_a_malformed_size_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="is malformed"):
        parse_ram_size(text)


@pytest.mark.parametrize("text", ["8192p", "1e400"])
def test_a_size_beyond_64_bits_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="is too large"):
        parse_ram_size(text)


def test_log_sizes_count_in_1000s() -> None:
    assert parse_decimal_size("10m") == 10_000_000


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0B"),
        (1023, "1023B"),
        (1024, "1KiB"),
        (3 << 29, "1.5GiB"),
        (1 << 50, "1PiB"),
        (123456789, "117.7MiB"),
    ],
)
def test_sizes_are_shown_in_four_digits(size: int, text: str) -> None:
    assert render_ram_size(size) == text
