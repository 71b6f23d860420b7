"""Prompts: confirmations and secrets."""

import io
import sys

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.output.console import Console
from nerdpy.output.prompt import confirmed, is_answerable, read_secret


@pytest.mark.parametrize(
    ("typed", "is_yes", "end"),
    [
        ("y\n", True, ""),
        ("Y\n", True, ""),
        (" y \n", True, ""),
        ("yes\n", False, ""),
        ("n\n", False, ""),
        ("\n", False, ""),
        ("", False, "\n"),
        ("y", True, "\n"),
    ],
)
def test_only_y_is_yes(typed: str, is_yes: bool, end: str) -> None:
    console = Console(stdout := io.StringIO(), io.StringIO())
    question = "Are you sure you want to continue?"
    answer = confirmed(console, question, warning="This removes it.", stdin=io.StringIO(typed))
    assert answer is is_yes
    assert stdout.getvalue() == f"WARNING! This removes it.\n{question} [y/N] {end}"


def test_an_interrupted_prompt_is_no() -> None:
    class Interrupted(io.StringIO):
        def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
            raise KeyboardInterrupt

    assert not confirmed(Console(io.StringIO(), io.StringIO()), "Sure?", stdin=Interrupted())


def test_a_closed_stdin_is_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    out = io.StringIO()
    assert not confirmed(Console(out, out), "Go on?")


def test_a_secret_is_all_of_stdin_without_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for data, secret in ((b"a b\n", "a b"), (b"a\r\n", "a"), (b"a\n\n", "a\n"), ("ü".encode(), "ü")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert read_secret() == secret


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\n", b"x" * 101])
def test_what_is_no_secret_is_refused(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    with pytest.raises(InvalidArgument):
        read_secret(limit=100)


def test_nobody_answers_where_there_is_no_terminal() -> None:
    assert not is_answerable(io.StringIO())
    closed = io.StringIO()
    closed.close()
    assert not is_answerable(closed)
