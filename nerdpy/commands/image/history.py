"""`nerdpy history`: show how an image was made."""

from datetime import UTC, datetime
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.history import COLUMNS, history_row
from nerdpy.errors import UsageError
from nerdpy.image.archive_wish import parse_wish
from nerdpy.output.formats import show_rows


@dataclass(frozen=True, kw_only=True)
class HistoryFlags:
    format: Annotated[
        str, Option("--format", "-f", help="Format the output: table, json or a Go template")
    ] = ""
    human: Annotated[bool, Option("--human", "-H", help="Print sizes and dates for humans")] = True
    no_trunc: Annotated[bool, Option("--no-trunc", help="Don't cut anything")] = False
    platform: Annotated[
        str, Option("--platform", help="Choose the platform: os[/arch[/variant]]", metavar="platform")
    ] = ""
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print only ids")] = False


def command(
    context: Context, flags: HistoryFlags, image: Annotated[str, Argument("IMAGE", complete="image")]
) -> None:
    """Show how an image was made

    The newest step comes first. A size is what the layer takes unpacked, and N/A where it is not unpacked.
    """
    from nerdpy.image.history import history

    platforms = parse_wish([flags.platform] if flags.platform else [], all_platforms=False).platforms
    if len(platforms) > 1:
        raise UsageError(f'history is of one platform, not of several: "{flags.platform}"')
    steps = history(engine_of(context), image, platforms[0] if platforms else None)
    now = datetime.now(UTC)
    show_rows(
        [history_row(step, now, is_human=flags.human, no_trunc=flags.no_trunc) for step in steps],
        columns=COLUMNS,
        console=context.console,
        format=flags.format,
        is_quiet=flags.quiet,
        titles={"Snapshot": "SNAPSHOT", "CreatedAt": "CREATED AT"},
    )
