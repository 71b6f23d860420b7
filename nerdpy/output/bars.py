"""Bars on a terminal, drawn by rich: it hides the cursor, overwrites its own lines, and restores both."""

import atexit
import time
from collections import deque
from typing import TYPE_CHECKING

from nerdpy.engine import Transferring
from nerdpy.output.transfer import Pace, bar_lines, sizes_of

if TYPE_CHECKING:
    from typing import TextIO

    from rich.text import Text

LOOKS_A_SECOND = 8
WINDOW = 3.0
"""Seconds over which the speed is taken."""


class Clock:
    """When the transfer began, and how fast it goes."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self._looks: deque[tuple[float, int]] = deque()

    def look(self, transfer: Transferring) -> None:
        now = time.monotonic()
        self._looks.append((now, sizes_of(transfer.blobs)[0]))
        while len(self._looks) > 2 and now - self._looks[0][0] > WINDOW:
            self._looks.popleft()

    @property
    def pace(self) -> Pace:
        now = time.monotonic()
        speed = 0.0
        if len(self._looks) > 1:
            (first, before), (_, after) = self._looks[0], self._looks[-1]
            speed = max(after - before, 0) / max(now - first, 0.1)
        return Pace(now - self.started, speed)


class Bars:
    """The live display of one transfer."""

    def __init__(self, stream: "TextIO", transfer: Transferring, clock: Clock, *, has_colour: bool) -> None:
        from rich.console import Console as RichConsole
        from rich.live import Live

        self.transfer = transfer
        self._clock = clock
        self._console: RichConsole = RichConsole(
            file=stream, force_terminal=True, no_color=not has_colour, highlight=False, markup=False
        )
        self._live: Live = Live(
            console=self._console,
            get_renderable=self._picture,
            refresh_per_second=LOOKS_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        atexit.register(self.close)  # a hidden cursor must not outlive us
        self._live.start()

    def _picture(self) -> "Text":
        from rich.text import Text

        size = self._console.size
        lines = bar_lines(
            self.transfer, width=size.width - 1, most=max(size.height - 1, 1), pace=self._clock.pace
        )
        return Text("\n".join(lines), no_wrap=True, overflow="crop", end="")

    def line(self, text: str) -> None:
        """One line that stays, above the bars."""
        self._console.print(text, soft_wrap=True)

    def close(self) -> None:
        """Take the bars away and show the cursor again."""
        atexit.unregister(self.close)
        self._live.stop()
