"""`nerdpy ps`: list containers."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ListingFlags
from nerdpy.commands.docker_default import listing_format
from nerdpy.dataclass import dataclass, replace
from nerdpy.model.filters import parse_filters

COLUMNS = (
    ("CONTAINER ID", "ID"),
    ("IMAGE", "Image"),
    ("COMMAND", "Command"),
    ("CREATED", "RunningFor"),
    ("STATUS", "Status"),
    ("PORTS", "Ports"),
    ("NAMES", "Names"),
)
SIZE = ("SIZE", "Size")
WIDE = (("RUNTIME", "Runtime"), ("PLATFORM", "Platform"), SIZE)


@dataclass(frozen=True, kw_only=True)
class ListFlags:
    all: Annotated[bool, Option("--all", "-a", help="Show all containers, not only those that run")] = False
    last: Annotated[
        int,
        Option("--last", "-n", help="Show the last created containers, whatever their state (-1: no limit)"),
    ] = -1
    latest: Annotated[
        bool, Option("--latest", "-l", help="Show the last created container, whatever its state")
    ] = False
    size: Annotated[bool, Option("--size", "-s", help="Show how much disk each takes")] = False


def command(context: Context, flags: ListFlags, show: ListingFlags) -> None:
    """List containers"""
    from nerdpy.container.ls import list_rows
    from nerdpy.container.matching import KEYS, check_filters
    from nerdpy.output.formats import show_rows

    show = replace(show, format=listing_format(context, "psFormat", show.format, is_quiet=show.quiet))
    filters = check_filters(parse_filters(show.filter, KEYS))
    wants_size = (flags.size or ".Size" in show.format or show.format == "wide") and not show.quiet
    rows = list_rows(
        engine_of(context),
        everything=flags.all,
        last=1 if flags.latest else flags.last,
        filters=filters,
        with_size=wants_size,
        no_trunc=show.no_trunc,
    )
    more = WIDE if show.format == "wide" else (SIZE,) if wants_size else ()
    show_rows(
        rows,
        columns=(*COLUMNS, *more),
        console=context.console,
        format=show.format,
        is_quiet=show.quiet,
    )
