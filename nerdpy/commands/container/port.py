"""`nerdpy port`: where the ports of a container are published."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.cli.options import ContainerArgument


def command(
    context: Context,
    container: ContainerArgument,
    port: Annotated[str, Argument("[PRIVATE_PORT[/PROTO]]")] = "",
) -> None:
    """List the published ports of a container"""
    from nerdpy.container.find import find
    from nerdpy.container.port import published_lines

    engine = engine_of(context)
    for line in published_lines(engine, find(engine, container), port):
        context.console.line(line)
