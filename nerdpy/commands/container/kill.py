"""`nerdpy kill`: send a signal to the main process of containers."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArguments
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class KillFlags:
    signal: Annotated[str, Option("--signal", "-s", help="Signal to send to the container")] = "KILL"


def command(context: Context, flags: KillFlags, containers: ContainerArguments) -> None:
    """Kill one or more running containers"""
    from nerdpy.container.kill import kill
    from nerdpy.container.several import for_each

    engine = engine_of(context)
    for_each(
        engine, containers, lambda record: kill(engine, record, signal=flags.signal), context.console.line
    )
