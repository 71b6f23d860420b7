"""`nerdpy system start`: the private engine, by hand."""

from nerdpy.cli.context import Context
from nerdpy.engine import Note


def command(context: Context) -> None:
    """Start nerdpy's own containerd

    Commands start it by themselves when no containerd answers and none was named. Where systemd runs it is a
    unit, elsewhere a daemon; it lives until `nerdpy system stop`.
    """
    from nerdpy.system.start import start

    if not start(context.config, context.notify):
        context.notify(Note("nerdpy's own containerd is running already"))
