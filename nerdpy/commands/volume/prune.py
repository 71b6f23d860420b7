"""`nerdpy volume prune`."""

from typing import Annotated

from nerdpy.cli.confirm import confirmed
from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import PruneFlags
from nerdpy.dataclass import dataclass

ANONYMOUS = "This will remove anonymous local volumes not used by at least one container."
ALL = "This will remove all local volumes not used by at least one container."


@dataclass(frozen=True, kw_only=True)
class ScopeFlags:
    all: Annotated[
        bool, Option("--all", "-a", help="Remove all unused volumes, not only those that nobody named")
    ] = False


def command(context: Context, scope: ScopeFlags, flags: PruneFlags) -> None:
    """Remove unused volumes

    A volume is used as long as any container, of whatever namespace, mounts it by name or by path.
    """
    from nerdpy.output.pruned import Pruned
    from nerdpy.volume.prune import prune

    if not flags.force and not confirmed(context, ALL if scope.all else ANONYMOUS):
        return
    with Pruned(context.console) as told:
        lines = told.under("Deleted Volumes:")
        told.freed += prune(engine_of(context), flags.filter, lines, everything=scope.all)
