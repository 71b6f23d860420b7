"""`nerdpy network ls`."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ListingFlags
from nerdpy.commands.docker_default import listing_format
from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True, kw_only=True)
class NetworkListingFlags(ListingFlags):
    """As everywhere; the shell knows the filters."""

    filter: Annotated[
        list[str],
        Option(
            "--filter",
            "-f",
            help="Show only what matches KEY=VALUE",
            metavar="filter",
            complete="network-filter",
        ),
    ] = field(default_factory=list)


def command(context: Context, flags: NetworkListingFlags) -> None:
    """List networks"""
    from nerdpy.dockercompat.network import COLUMNS, network_row
    from nerdpy.network.ls import created_at, filtered_networks
    from nerdpy.output.formats import show_rows

    rows = [
        network_row(network.content, created_at=created_at(network), no_trunc=flags.no_trunc)
        for network in filtered_networks(engine_of(context), flags.filter)
    ]
    format = listing_format(context, "networksFormat", flags.format, is_quiet=flags.quiet)
    show_rows(rows, columns=COLUMNS, console=context.console, format=format, is_quiet=flags.quiet)
