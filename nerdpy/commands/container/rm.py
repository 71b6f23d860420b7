"""`nerdpy rm`: remove containers."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Later, Option
from nerdpy.cli.options import ContainerArguments
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class RemoveFlags:
    force: Annotated[bool, Option("--force", "-f", help="Kill a running container, and remove it")] = False
    link: Annotated[
        bool,
        Option("--link", "-l", help="Remove the link"),
        Later("there are no links: containers on one network know each other by name"),
    ] = False
    volumes: Annotated[bool, Option("--volumes", "-v", help="Remove its anonymous volumes too")] = False


def command(context: Context, flags: RemoveFlags, containers: ContainerArguments) -> None:
    """Remove one or more containers"""
    from nerdpy.container.rm import remove_several

    remove_several(
        engine_of(context),
        containers,
        force=flags.force,
        with_volumes=flags.volumes,
        told=context.console.line,
    )
