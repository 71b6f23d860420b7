"""`nerdpy namespace ls`: list namespaces."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import FORMAT_HELP
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class ListFlags:
    format: Annotated[str, Option("--format", "-f", help=FORMAT_HELP)] = ""
    quiet: Annotated[bool, Option("--quiet", "-q", help="Show only the names")] = False


def command(context: Context, flags: ListFlags) -> None:
    """List namespaces"""
    from nerdpy.dockercompat.namespace import COLUMNS, NamespaceRow
    from nerdpy.namespace.ls import list_namespaces
    from nerdpy.output.formats import show_rows

    listed = list_namespaces(engine_of(context), with_counts=not flags.quiet)
    show_rows(
        [
            NamespaceRow(
                Name=found.name,
                Containers=found.containers,
                Images=found.images,
                Volumes=found.volumes,
                LabelsMap=found.labels,
            )
            for found in listed
        ],
        columns=COLUMNS,
        console=context.console,
        format=flags.format,
        is_quiet=flags.quiet,
        quiet_field="Name",
    )
