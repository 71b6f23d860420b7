"""`nerdpy top`: the processes of a container."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.cli.options import ContainerArgument


def command(
    context: Context,
    container: ContainerArgument,
    options: Annotated[list[str], Argument("[ps OPTIONS]")] = [],  # noqa: B006 - read only
) -> None:
    """List the processes of a container"""
    from nerdpy.container.find import find
    from nerdpy.container.top import top
    from nerdpy.output.table import table

    engine = engine_of(context)
    context.console.write(table(top(engine, find(engine, container), options)))
