"""`nerdpy volume ls`: list volumes."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Later, Option
from nerdpy.cli.options import FORMAT_HELP
from nerdpy.commands.docker_default import listing_format
from nerdpy.dataclass import dataclass, field
from nerdpy.dockercompat.units import human_size
from nerdpy.dockercompat.volume import COLUMNS, COLUMNS_WITH_SIZE, NO_SIZE, VolumeRow
from nerdpy.output.formats import show_rows
from nerdpy.volume.find import Volume
from nerdpy.volume.ls import list_volumes, parse_filters


@dataclass(frozen=True, kw_only=True)
class ListFlags:
    cluster: Annotated[
        bool,
        Option("--cluster", help="Swarm only"),
        Later("cluster volumes are a matter of Swarm, which nerdpy does not do"),
    ] = False
    filter: Annotated[
        list[str], Option("--filter", "-f", help="Show only what matches KEY=VALUE", metavar="filter")
    ] = field(default_factory=list)
    format: Annotated[str, Option("--format", help=FORMAT_HELP)] = ""
    quiet: Annotated[bool, Option("--quiet", "-q", help="Show only the ids or names")] = False
    size: Annotated[bool, Option("--size", "-s", help="Show sizes")] = False


def command(context: Context, flags: ListFlags) -> None:
    """List volumes"""
    filters = parse_filters(flags.filter)
    with_size = flags.size or bool(filters.sizes)
    volumes = list_volumes(engine_of(context), filters)
    show_rows(
        [_row(volume, with_size=with_size and not flags.quiet) for volume in volumes],
        columns=COLUMNS_WITH_SIZE if with_size else COLUMNS,
        console=context.console,
        format=listing_format(context, "volumesFormat", flags.format, is_quiet=flags.quiet),
        is_quiet=flags.quiet,
        quiet_field="Name",
    )


def _row(volume: Volume, *, with_size: bool) -> VolumeRow:
    return VolumeRow(
        Name=volume.name,
        Mountpoint=str(volume.mountpoint),
        LabelsMap=volume.labels,
        Size=human_size(volume.size()) if with_size and not volume.options else NO_SIZE,
    )
