"""`nerdpy stop`: ask containers to end, and kill those that don't."""

from datetime import timedelta
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArguments
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class StopFlags:
    """How long to wait, and what to send first; `restart` takes the same."""

    timeout: Annotated[
        int | None,
        Option(
            "--timeout", "--time", "-t", help="Seconds to wait before killing the container (-1: for ever)"
        ),
    ] = None
    signal: Annotated[str, Option("--signal", "-s", help="Signal to send to the container")] = ""

    @property
    def grace(self) -> timedelta | None:
        return timedelta(seconds=self.timeout) if self.timeout is not None else None


def command(context: Context, flags: StopFlags, containers: ContainerArguments) -> None:
    """Stop one or more running containers"""
    from nerdpy.container.several import for_each_at_once
    from nerdpy.container.stop import stop

    engine = engine_of(context)
    for_each_at_once(
        engine,
        containers,
        lambda record: stop(engine, record, timeout=flags.grace, signal=flags.signal),
        context.console.line,
    )
