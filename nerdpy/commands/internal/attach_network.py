"""`nerdpy internal attach-network`: what the monitor starts when somebody else restarted the task."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ContainerArgument
from nerdpy.container.reconnect import reconnect


def command(context: Context, container: ContainerArgument) -> None:
    """Connect a restarted container to its networks again"""
    reconnect(engine_of(context), container)
