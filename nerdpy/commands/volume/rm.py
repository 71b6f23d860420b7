"""`nerdpy volume rm`: remove volumes."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import VolumeArguments
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class RemoveFlags:
    force: Annotated[bool, Option("--force", "-f", help="Don't complain of volumes that are not there")] = (
        False
    )


def command(context: Context, flags: RemoveFlags, volumes: VolumeArguments) -> None:
    """Remove one or more volumes"""
    from nerdpy.volume.rm import remove

    for name in remove(engine_of(context), volumes, is_forced=flags.force):
        context.console.line(name)
