"""`nerdpy events`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.dataclass import dataclass, field

if TYPE_CHECKING:
    from nerdpy.model.events import Happening

_TIME = "TIME"


@dataclass(frozen=True, kw_only=True)
class EventsFlags:
    filter: Annotated[
        list[str], Option("--filter", "-f", help="Show only what matches KEY=VALUE", metavar="filter")
    ] = field(default_factory=list)
    format: Annotated[str, Option("--format", help="Show as `json`, or by a Go template")] = ""
    since: Annotated[
        str,
        Option(
            "--since",
            help="Begin there (as 2026-01-02T13:23:37Z, or 42m for 42 minutes ago)",
            metavar=_TIME,
        ),
    ] = ""
    until: Annotated[
        str,
        Option("--until", help="End there (a time in the past ends it at once; 0s is now)", metavar=_TIME),
    ] = ""


def command(context: Context, flags: EventsFlags) -> None:
    """Show what happens in the engine, live

    Live it tells of everybody's containers and images in the namespace, and of nerdpy's volumes and networks.
    The past that --since shows is what nerdpy itself has done since the machine was started: a thousand
    events and more.
    """
    from nerdpy.model.events import KEYS
    from nerdpy.model.filters import parse_filters
    from nerdpy.output.templates import write
    from nerdpy.system.events import EventsWish, events

    text_of = _renderer(flags.format)
    wish = EventsWish(since=flags.since, until=flags.until, filters=parse_filters(flags.filter, KEYS))
    for event in events(engine_of(context), wish):
        write(context.console, text_of(event) + "\n")


def _renderer(format: str) -> "Callable[[Happening], str]":
    from nerdpy.dockercompat.event import event_row, event_text
    from nerdpy.gotemplate.encode import json_text
    from nerdpy.output.formats import line_renderer
    from nerdpy.output.templates import BAD_TEMPLATE, JSON

    wanted = format.strip()
    if not wanted:
        return event_text
    if wanted == JSON:
        return lambda event: json_text(event_row(event).json(), is_html_safe=True)
    line_of = line_renderer(wanted, exit_code=BAD_TEMPLATE)
    return lambda event: line_of(event_row(event))
