"""`nerdpy network ls`."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ListingFlags
from nerdpy.commands.docker_default import listing_format


def command(context: Context, flags: ListingFlags) -> None:
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
