"""Pictures in place of one another."""

import io

from nerdpy.output.console import Console
from nerdpy.output.screen import Screen


def paper(*, is_terminal: bool, is_dumb: bool = False) -> tuple[io.StringIO, Screen]:
    text = io.StringIO()
    return text, Screen(Console(text, text, is_terminal_out=is_terminal, is_dumb=is_dumb))


def test_a_terminal_is_written_over_line_by_line() -> None:
    text, screen = paper(is_terminal=True)
    screen.show("one\ntwo\n")
    screen.show("three\n")
    assert text.getvalue() == (
        "\x1b[?25l\x1b[2J\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J\x1b[?25h\x1b[?25l\x1b[Hthree\x1b[K\n\x1b[J\x1b[?25h"
    )


def test_what_is_too_large_for_the_terminal_is_cut() -> None:
    text, screen = paper(is_terminal=True)
    screen.show("x" * 100 + "\n" + "y\n" * 40)
    lines = text.getvalue().split("\n")
    assert lines[0].endswith("[H" + "x" * 80 + "\x1b[K")
    assert len(lines) == 24
    assert "... and 19 more" in lines[-2]


def test_a_pipe_and_a_dumb_terminal_get_the_text_alone() -> None:
    for is_terminal in (False, True):
        text, screen = paper(is_terminal=is_terminal, is_dumb=True)
        screen.show("one\n")
        screen.show("two\n")
        assert text.getvalue() == "one\ntwo\n"
