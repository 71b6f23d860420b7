"""`nerdpy container prune`."""

from nerdpy.cli.confirm import confirmed
from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import PruneFlags

WARNING = "This will remove all stopped containers."


def command(context: Context, flags: PruneFlags) -> None:
    """Remove all stopped containers

    Those of Kubernetes, and those that were made by `ctr` and so have no name, stay.
    """
    from nerdpy.container.prune import prune
    from nerdpy.output.pruned import Pruned

    if not flags.force and not confirmed(context, WARNING):
        return
    with Pruned(context.console) as told:
        told.freed += prune(engine_of(context), flags.filter, told.under("Deleted Containers:"))
