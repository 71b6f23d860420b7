"""`nerdpy namespace update`: change the labels of namespaces."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import NamespaceArguments
from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True, kw_only=True)
class UpdateFlags:
    label: Annotated[list[str], Option("--label", "-l", help="Set a label KEY=VALUE; KEY= takes it away")] = (
        field(default_factory=list)
    )


def command(context: Context, flags: UpdateFlags, namespaces: NamespaceArguments) -> None:
    """Change the labels of a namespace"""
    from nerdpy.namespace.labels import parse_changes
    from nerdpy.namespace.update import update

    changes = parse_changes(flags.label)
    update(engine_of(context), namespaces, changes)
