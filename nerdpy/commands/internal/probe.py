"""`nerdpy internal probe`: what the monitor starts when a health check is due."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.cli.options import ContainerArgument
from nerdpy.container.probe import probe_run


def command(context: Context, container: ContainerArgument, run: Annotated[str, Argument("RUN")]) -> None:
    """Run a container's health check, and keep the result"""
    probe_run(engine_of(context), container, run)
