"""`nerdpy network rm`."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class RemoveFlags:
    """How."""

    force: Annotated[bool, Option("--force", "-f", help="Don't complain of networks that are not there")] = (
        False
    )


def command(
    context: Context,
    flags: RemoveFlags,
    networks: Annotated[list[str], Argument("NETWORK [NETWORK...]", complete="network-to-remove")],
) -> None:
    """Remove one or more networks"""
    from nerdpy.network.rm import remove

    remove(engine_of(context), networks, context.console.line, ignores_missing=flags.force)
