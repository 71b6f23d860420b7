"""`nerdpy restart`: stop containers and start them again."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ContainerArguments
from nerdpy.commands.container.stop import StopFlags


def command(context: Context, flags: StopFlags, containers: ContainerArguments) -> None:
    """Restart one or more containers"""
    from nerdpy.container.restart import restart
    from nerdpy.container.several import for_each_at_once

    engine = engine_of(context)
    for_each_at_once(
        engine,
        containers,
        lambda record: restart(engine, record, timeout=flags.grace, signal=flags.signal),
        context.console.line,
    )
