"""A text that is shown in place, again and again, without flicker.

Each picture is written over the one before in a single write: every line is cleared behind its end, and at
the end what is left below, so nothing is ever blank in between. The cursor is hidden only while that write
lasts: a program that is killed or stopped at any moment leaves the terminal as it was.
"""

import os

from nerdpy.output.cells import width_of
from nerdpy.output.console import Console

_HOME, _CLEAR, _END_OF_LINE, _BELOW = "\x1b[H", "\x1b[2J", "\x1b[K", "\x1b[J"
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"


class Screen:
    """The terminal behind a console; what is no terminal gets the pictures one below the other."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._is_first = True
        self.is_live = console.is_terminal_out and not console.is_dumb

    def show(self, text: str) -> None:
        """Show `text` in place of what was shown before."""
        if not self.is_live:
            self._console.write(text)
            return
        columns, rows = self._size()
        lines = [_cut(line, columns) for line in _fitting(text.splitlines(), rows - 1)]
        begin = _CLEAR if self._is_first else ""
        self._is_first = False
        body = "".join(f"{line}{_END_OF_LINE}\n" for line in lines)
        self._console.write(f"{_HIDE}{begin}{_HOME}{body}{_BELOW}{_SHOW}")

    def _size(self) -> tuple[int, int]:
        """Columns and rows now: the user may resize the terminal at any time."""
        try:
            size = os.get_terminal_size(self._console.stdout.fileno())
        except (OSError, ValueError):
            return 80, 24
        return size.columns or 80, size.lines or 24


def _fitting(lines: list[str], rows: int) -> list[str]:
    """A picture that scrolled could not be written over; so the rest is only counted."""
    if len(lines) <= rows or rows < 2:
        return lines
    return [*lines[: rows - 1], f"... and {len(lines) - rows + 1} more"]


def _cut(line: str, columns: int) -> str:
    if width_of(line) <= columns:
        return line
    while width_of(line) > columns:
        line = line[: len(line) - max(1, (width_of(line) - columns) // 2)]
    return line
