"""`nerdpy stats`: what containers use, live."""

import io
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.options import FORMAT_HELP
from nerdpy.commands.docker_default import listing_format
from nerdpy.dataclass import dataclass, replace

if TYPE_CHECKING:
    from nerdpy.container.stats import Stat
    from nerdpy.output.console import Console

EVERY = 1.0
"""Seconds from look to look, as docker."""
SOON = 0.25
"""Seconds to the second look, so that there is a CPU figure to see; a single one waits the whole time."""
SPARK = 24
"""Columns that must be free at the right for the last minute to be drawn, and the gap before it."""
SPARK_TITLE = "CPU, LAST MINUTE"


@dataclass(frozen=True, kw_only=True)
class StatsFlags:
    all: Annotated[bool, Option("--all", "-a", help="Show all containers, not only those that run")] = False
    format: Annotated[str, Option("--format", help=FORMAT_HELP)] = ""
    no_stream: Annotated[bool, Option("--no-stream", help="Show one look only, after a second")] = False
    no_trunc: Annotated[bool, Option("--no-trunc", help="Don't shorten anything")] = False


def command(
    context: Context,
    flags: StatsFlags,
    containers: Annotated[list[str], Argument("[CONTAINER...]", complete="container")] = [],  # noqa: B006
) -> None:
    """Show what containers use, live

    Memory is without the cache of files that nobody has used for long, and 100 % is one processor, as docker
    has them. On a wide terminal the last minute's CPU is drawn beside the table.
    """
    from nerdpy.container.stats import Watch
    from nerdpy.output.screen import Screen

    flags = replace(flags, format=listing_format(context, "statsFormat", flags.format))
    screen = Screen(context.console)
    with Watch(engine_of(context), containers, everything=flags.all) as watch:
        stats = watch.look()
        if not flags.no_stream and screen.is_live:
            screen.show(_picture(context.console, flags, stats))
        due = time.monotonic() + (EVERY if flags.no_stream else SOON)
        while not watch.is_over:
            time.sleep(max(due - time.monotonic(), 0))
            stats = watch.look()
            screen.show(_picture(context.console, flags, stats))
            if flags.no_stream:
                return
            due = max(due + EVERY, time.monotonic())


def _picture(console: "Console", flags: StatsFlags, stats: "Sequence[Stat]") -> str:
    """The whole text of one look."""
    from nerdpy.dockercompat.stats import COLUMNS, stats_row
    from nerdpy.output.console import Console
    from nerdpy.output.formats import show_rows

    rows = [
        stats_row(stat.id, stat.name, stat.asked_as, stat.now, stat.cpu, no_trunc=flags.no_trunc)
        for stat in stats
    ]
    paper = io.StringIO()
    page = Console(paper, paper, is_terminal_out=console.is_terminal_out)
    show_rows(rows, columns=COLUMNS, console=page, format=flags.format)
    text = paper.getvalue()
    if flags.no_stream or not console.is_terminal_out or flags.format.strip() not in {"", "table"}:
        return text
    return _with_sparks(text, stats, console.width)


def _with_sparks(text: str, stats: "Sequence[Stat]", columns: int) -> str:
    """The table with the last minute at its right, where the terminal has room for it."""
    from nerdpy.container.stats import REMEMBERED
    from nerdpy.output.cells import width_of
    from nerdpy.output.spark import spark_line

    lines = text.splitlines()
    start = max(map(width_of, lines)) + 3
    room = min(columns - start - 1, REMEMBERED)
    if room < SPARK:
        return text
    sparks = [SPARK_TITLE, *(spark_line(stat.history, room, of=REMEMBERED) for stat in stats)]
    drawn = [
        f"{line}{' ' * (start - width_of(line))}{spark}" for line, spark in zip(lines, sparks, strict=True)
    ]
    return "".join(f"{line.rstrip()}\n" for line in drawn)
