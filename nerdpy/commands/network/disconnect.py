"""`nerdpy network disconnect`."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class DisconnectFlags:
    """How."""

    force: Annotated[
        bool, Option("--force", "-f", help="Also where the network or the container is not there any more")
    ] = False


def command(
    context: Context,
    flags: DisconnectFlags,
    network: Annotated[str, Argument("NETWORK", complete="network-to-join")],
    container: Annotated[str, Argument("CONTAINER", complete="container")],
) -> None:
    """Disconnect a container from a network"""
    from nerdpy.container.leave_network import leave_network
    from nerdpy.network.connect import refuse_mode_network

    refuse_mode_network(network)
    leave_network(engine_of(context), network, container, force=flags.force)
