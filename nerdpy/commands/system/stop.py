"""`nerdpy system stop`: end the private engine and all that runs in it."""

from nerdpy.cli.context import Context
from nerdpy.engine import Note


def command(context: Context) -> None:
    """Stop nerdpy's own containerd, and all its containers

    Containers are stopped as by `nerdpy stop`, and stay: those with a restart policy are back after the next
    start. Images and volumes stay. A containerd that nerdpy did not start is left alone.
    """
    from nerdpy.system.stop import stop

    if not stop(context.config, context.notify):
        context.notify(Note("nerdpy's own containerd is not running"))
