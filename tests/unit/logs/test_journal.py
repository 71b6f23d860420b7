"""A journal's entries are shown like those of a file."""

import json
from typing import Any

import pytest

from nerdpy.logs.journal import parse_journal_entry, words_of
from nerdpy.logs.viewer import LogView

SECOND = 1_000_000_000
ALWAYS = ["--output=json", "--all", "--quiet", "--no-pager", "CONTAINER_ID_FULL=abc"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (LogView(), []),
        (LogView(tail=5), ["--lines=5"]),
        (LogView(follow=True), ["--follow", "--lines=all"]),
        (LogView(follow=True, tail=0), ["--follow", "--lines=0"]),
        (LogView(since=5 * SECOND, until=6 * SECOND + 1_500), ["--since=@5.000000", "--until=@6.000001"]),
    ],
)
def test_what_journalctl_is_asked(wish: LogView, words: list[str]) -> None:
    assert words_of("abc", wish) == ALWAYS + words


@pytest.mark.parametrize(
    ("more", "text", "stream"),
    [
        ({}, "hello\n", "stdout"),
        ({"PRIORITY": "3"}, "hello\n", "stderr"),
        ({"CONTAINER_PARTIAL_MESSAGE": "true"}, "hello", "stdout"),
        ({"MESSAGE": None}, "\n", "stdout"),
        ({"MESSAGE": [255, 65]}, "\udcffA\n", "stdout"),
        ({"MESSAGE": ["a", "b"]}, "['a', 'b']\n", "stdout"),
    ],
)
def test_an_entry_is_a_line(more: dict[str, Any], text: str, stream: str) -> None:
    fields = {
        "MESSAGE": "hello",
        "PRIORITY": "6",
        "TEAM": "blue",
        "_PID": "5",
        "CONTAINER_NAME": "w",
        "__REALTIME_TIMESTAMP": "1767323045123456",
    }
    entry = parse_journal_entry(json.dumps(fields | more).encode())
    assert entry is not None
    assert (entry.text, entry.stream, entry.time) == (text, stream, "2026-01-02T03:04:05.123456Z")
    assert entry.attributes == {"TEAM": "blue"}


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"5"])
def test_what_is_no_entry_is_passed_over(line: bytes) -> None:
    assert parse_journal_entry(line) is None
