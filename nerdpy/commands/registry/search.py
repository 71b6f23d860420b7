"""`nerdpy search`: find images in a registry."""

from typing import Annotated

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.options import FORMAT_HELP
from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True, kw_only=True)
class SearchFlags:
    filter: Annotated[
        list[str],
        Option("--filter", "-f", help="Show only what matches: is-official=BOOL, stars=N", metavar="filter"),
    ] = field(default_factory=list)
    format: Annotated[str, Option("--format", help=FORMAT_HELP)] = ""
    limit: Annotated[
        int, Option("--limit", help="Show so many at most; 0 is all that the registry gives")
    ] = 0
    no_trunc: Annotated[bool, Option("--no-trunc", help="Don't shorten anything")] = False


def command(context: Context, flags: SearchFlags, term: Annotated[str, Argument("TERM")]) -> None:
    """Search a registry for images"""
    from nerdpy.dockercompat.search import COLUMNS, search_row
    from nerdpy.output.formats import show_rows
    from nerdpy.registry.search import search

    if any(text.strip().lower().startswith("is-automated=") for text in flags.filter):
        context.console.warn('the filter "is-automated" is deprecated: registries build no images any more')
    hits = search(context.config, term, filters=flags.filter, limit=flags.limit)
    rows = [
        search_row(
            name=hit.name,
            description=hit.description,
            stars=hit.stars,
            is_official=hit.is_official,
            is_automated=hit.is_automated,
            no_trunc=flags.no_trunc,
        )
        for hit in hits
    ]
    show_rows(rows, columns=COLUMNS, console=context.console, format=flags.format)
