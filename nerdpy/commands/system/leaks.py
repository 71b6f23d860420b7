"""`nerdpy system leaks`."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_as_it_is
from nerdpy.cli.flags import Option
from nerdpy.cli.options import FORMAT_HELP
from nerdpy.dataclass import dataclass
from nerdpy.errors import ContainerExited

FOUND = 1
"""The exit code when there is something."""


@dataclass(frozen=True, kw_only=True)
class LeaksFlags:
    format: Annotated[str, Option("--format", help=FORMAT_HELP)] = ""
    quiet: Annotated[bool, Option("--quiet", "-q", help="Show only names")] = False


def command(context: Context, flags: LeaksFlags) -> None:
    """List what nobody owns on this engine, in all namespaces

    Rules, links, mounts, addresses, files and the like that containers and commands have left. Nothing is
    changed: `nerdpy system prune` takes away what is listed. The exit code is 1 when something is listed.
    """
    from nerdpy.dockercompat.leak import COLUMNS, leak_row
    from nerdpy.output.formats import show_rows
    from nerdpy.system.leaks import find_leaks

    found = find_leaks(engine_as_it_is(context))
    rows = [leak_row(leak.kind, leak.name, leak.owner, leak.since) for leak in found]
    if rows:
        show_rows(
            rows,
            columns=COLUMNS,
            console=context.console,
            format=flags.format,
            is_quiet=flags.quiet,
            quiet_field="Name",
        )
        raise ContainerExited(FOUND)
