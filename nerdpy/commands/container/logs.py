"""`nerdpy logs`: the output of a container."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArgument
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class LogsFlags:
    details: Annotated[bool, Option("--details", help="Show what was named by log options, too")] = False
    follow: Annotated[bool, Option("--follow", "-f", help="Go on as long as the container runs")] = False
    since: Annotated[
        str, Option("--since", help="Begin there (as 2026-01-02T13:23:37Z, or 42m for 42 minutes ago)")
    ] = ""
    tail: Annotated[str, Option("--tail", "-n", help="Show only the last so many lines")] = "all"
    timestamps: Annotated[bool, Option("--timestamps", "-t", help="Show when each line was written")] = False
    until: Annotated[
        str, Option("--until", help="End there (as 2026-01-02T13:23:37Z, or 42m for 42 minutes ago)")
    ] = ""


def command(context: Context, flags: LogsFlags, container: ContainerArgument) -> None:
    """Show the output of a container"""
    from nerdpy.container.find import find
    from nerdpy.container.logs import LogOptions, logs

    engine = engine_of(context)
    options = LogOptions(
        details=flags.details,
        follow=flags.follow,
        since=flags.since,
        until=flags.until,
        tail=flags.tail,
        timestamps=flags.timestamps,
    )
    for stream, data in logs(engine, find(engine, container), options):
        context.console.pass_through(stream, data)
