"""`nerdpy image prune`."""

from typing import Annotated

from nerdpy.cli.confirm import confirmed
from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import PruneFlags
from nerdpy.dataclass import dataclass

DANGLING = "This will remove all dangling images."
ALL = "This will remove all images without at least one container associated to them."


@dataclass(frozen=True, kw_only=True)
class ScopeFlags:
    all: Annotated[
        bool, Option("--all", "-a", help="Remove all unused images, not only those without a name")
    ] = False


def command(context: Context, scope: ScopeFlags, flags: PruneFlags) -> None:
    """Remove unused images

    Images that Kubernetes has pinned stay, and in the namespace k8s.io all that its kubelet looks after.
    """
    from nerdpy.image.prune import prune
    from nerdpy.output.pruned import Pruned

    if not flags.force and not confirmed(context, ALL if scope.all else DANGLING):
        return
    with Pruned(context.console) as told:
        lines = told.under("Deleted Images:")
        told.freed += prune(engine_of(context), flags.filter, lines, everything=scope.all)
