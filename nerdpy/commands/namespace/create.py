"""`nerdpy namespace create`: make namespaces."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import NamespaceArguments
from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True, kw_only=True)
class CreateFlags:
    label: Annotated[
        list[str], Option("--label", "-l", help="Set a label KEY=VALUE, or KEY for the value `true`")
    ] = field(default_factory=list)


def command(context: Context, flags: CreateFlags, namespaces: NamespaceArguments) -> None:
    """Create a namespace"""
    from nerdpy.namespace.create import create
    from nerdpy.namespace.labels import parse_labels

    labels = parse_labels(flags.label)
    create(engine_of(context), namespaces, labels)
