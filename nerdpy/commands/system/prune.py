"""`nerdpy system prune`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from nerdpy.cli.confirm import confirmed
from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import PruneFlags
from nerdpy.dataclass import dataclass

if TYPE_CHECKING:
    from nerdpy.output.pruned import Pruned


@dataclass(frozen=True, kw_only=True)
class ScopeFlags:
    all: Annotated[
        bool, Option("--all", "-a", help="Remove all unused images, not only those without a name")
    ] = False
    volumes: Annotated[bool, Option("--volumes", help="Remove unused anonymous volumes, too")] = False


def command(context: Context, scope: ScopeFlags, flags: PruneFlags) -> None:
    """Remove everything that is not used

    Stopped containers, unused networks, images without a name, and what commands that were killed have left.
    """
    from nerdpy.output.pruned import Pruned
    from nerdpy.system.prune import PruneWish, check_wish, prune, warning_of

    wish = PruneWish(everything=scope.all, volumes=scope.volumes, filters=tuple(flags.filter))
    check_wish(wish)
    if not flags.force and not confirmed(context, warning_of(wish)):
        return
    with Pruned(context.console) as told:
        told.freed += prune(engine_of(context), wish, lambda heading: _section(told, heading))


def _section(told: "Pruned", heading: str) -> Callable[[str], None]:
    told.between()
    return told.under(heading)
