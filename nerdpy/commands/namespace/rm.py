"""`nerdpy namespace rm`: remove namespaces."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import NamespaceArguments
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class RemoveFlags:
    cgroup: Annotated[bool, Option("--cgroup", "-c", help="Remove its control group, too")] = False


def command(context: Context, flags: RemoveFlags, namespaces: NamespaceArguments) -> None:
    """Remove one or more namespaces

    A namespace in which something is left is not removed: what it is, and how to get rid of it, is said.
    """
    from nerdpy.namespace.rm import remove

    remove(engine_of(context), namespaces, context.console.line, with_cgroup=flags.cgroup)
