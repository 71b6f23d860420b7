"""`nerdpy internal exited`: what the monitor starts when a container has ended."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ContainerArgument
from nerdpy.container.exited import exited


def command(context: Context, container: ContainerArgument) -> None:
    """Record a container's exit, free its network, and honour --rm"""
    exited(engine_of(context), container)
