"""`nerdpy volume update`: docker's, for cluster volumes alone."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class UpdateFlags:
    availability: Annotated[str, Option("--availability", help="Swarm only")] = "active"


def command(
    context: Context, flags: UpdateFlags, volume: Annotated[str, Argument("[VOLUME]", complete="volume")] = ""
) -> None:
    """Update a volume (cluster volumes only)

    Local volumes have nothing that could be changed: labels and options are those of their making.
    """
    from nerdpy.volume.update import update

    update(engine_of(context), volume)
