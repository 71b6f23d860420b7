"""`nerdpy unpause`: let the processes of paused containers go on."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ContainerArguments


def command(context: Context, containers: ContainerArguments) -> None:
    """Continue all processes of one or more containers"""
    from nerdpy.container.pause import unpause
    from nerdpy.container.several import for_each

    engine = engine_of(context)
    for_each(engine, containers, lambda record: unpause(engine, record), context.console.line)
