"""Confirmation prompts."""

import io

import pytest

from nerdpy.output.console import Console
from nerdpy.output.prompt import confirmed


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
