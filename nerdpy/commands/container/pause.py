"""`nerdpy pause`: freeze the processes of containers."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ContainerArguments


def command(context: Context, containers: ContainerArguments) -> None:
    """Pause all processes of one or more containers"""
    from nerdpy.container.pause import pause
    from nerdpy.container.several import for_each

    engine = engine_of(context)
    for_each(engine, containers, lambda record: pause(engine, record), context.console.line)
