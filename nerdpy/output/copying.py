"""How far a copy is: one line on a terminal that is overwritten, and nothing elsewhere."""

import time

from nerdpy.dockercompat.units import human_size_3
from nerdpy.output.console import Console

PAUSE = 0.1
"""Seconds between two looks at the figure."""
_CLEAR = "\r\033[K"


class Copying:
    """Counts what is copied; `with` it takes its line away at the end."""

    def __init__(self, console: Console, title: str, *, is_quiet: bool = False) -> None:
        self.copied = 0
        self._console = console
        self._title = title
        self._is_shown = console.is_terminal_err and not console.is_dumb and not is_quiet
        self._next = 0.0

    def __call__(self, count: int) -> None:
        """So many bytes more."""
        self.copied += count
        if self._is_shown and (now := time.monotonic()) >= self._next:
            self._next = now + PAUSE
            self._write(f"{_CLEAR}{self._title} - {self.size}")

    @property
    def size(self) -> str:
        """All of it, for humans."""
        return human_size_3(self.copied)

    def __enter__(self) -> "Copying":
        return self

    def __exit__(self, *_: object) -> None:
        if self._next:
            self._write(_CLEAR)

    def _write(self, text: str) -> None:
        try:
            self._console.stderr.write(text)
            self._console.stderr.flush()
        except (OSError, ValueError):
            self._is_shown = False
