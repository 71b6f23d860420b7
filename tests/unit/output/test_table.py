"""Columns as Go's tabwriter makes them for docker."""

import pytest

from nerdpy.output.cells import harmless, width_of
from nerdpy.output.table import aligned, table


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], ""),
        ([["A", "B"]], "A         B\n"),
        ([["A"], ["long long long"]], "A\nlong long long\n"),
        ([["ID", "NAME"], ["1234567890123", "x"]], "ID              NAME\n1234567890123   x\n"),
        ([["A", "B", "C"], ["a", "", ""]], "A         B         C\na\n"),
        ([["A", ""], ["a", "b"]], "A\na         b\n"),
        ([["日本語", "x"], ["é", "y"]], "日本語    x\né         y\n"),
    ],
)
def test_columns_are_three_spaces_apart_and_ten_wide_at_least(lines: list[list[str]], text: str) -> None:
    assert table(lines) == text


def test_a_line_without_tabs_ends_a_column() -> None:
    text = "a\tb\tc\nlooooooooooooong\tb\nno tab here\na\tb\n"
    assert aligned(text) == (
        "a                  b         c\nlooooooooooooong   b\nno tab here\na         b\n"
    )


def test_other_widths_can_be_asked_for() -> None:
    assert table([["a", "b"]], narrowest=4, padding=4) == "a    b\n"
    assert table([["a", "b"]], narrowest=20) == "a" + " " * 19 + "b\n"


def test_many_columns_need_no_deep_stack() -> None:
    assert table([["x"] * 400] * 2, narrowest=2, padding=1).count("x") == 800


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("é", 1), ("…", 1), ("😀", 2), ("a\u200bb", 2), ("", 0)],
)
def test_width_counts_columns(text: str, width: int) -> None:
    assert width_of(text) == width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本 😀", "plain é 日本 😀"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\ud800"),
    ],
)
def test_control_characters_become_visible(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_some_control_characters_may_be_kept() -> None:
    assert harmless("a\nb\x1b", keeps="\n") == "a\nb\\x1b"
