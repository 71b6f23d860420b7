"""`nerdpy rename`: give a container another name."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.cli.options import ContainerArgument


def command(
    context: Context, container: ContainerArgument, name: Annotated[str, Argument("NEW_NAME")]
) -> None:
    """Rename a container"""
    from nerdpy.container.find import find
    from nerdpy.container.rename import rename

    engine = engine_of(context)
    rename(engine, find(engine, container), name)
