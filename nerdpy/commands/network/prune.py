"""`nerdpy network prune`."""

from nerdpy.cli.confirm import confirmed
from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import PruneFlags

WARNING = "This will remove all custom networks not used by at least one container."


def command(context: Context, flags: PruneFlags) -> None:
    """Remove all unused networks"""
    from nerdpy.network.prune import prune
    from nerdpy.output.pruned import Pruned

    if not flags.force and not confirmed(context, WARNING):
        return
    prune(engine_of(context), flags.filter, Pruned(context.console).under("Deleted Networks:"))
