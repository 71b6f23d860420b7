"""`nerdpy wait`: print the exit codes of containers, as soon as they have them."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ContainerArguments


def command(context: Context, containers: ContainerArguments) -> None:
    """Wait until containers stop, and print their exit codes"""
    from nerdpy.container.wait import wait_for_all

    wait_for_all(engine_of(context), containers, told=lambda code: context.console.line(str(code)))
