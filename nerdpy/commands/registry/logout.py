"""`nerdpy logout`: forget a registry's credentials."""

from typing import Annotated

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument


def command(context: Context, server: Annotated[str, Argument("[SERVER]", complete="login")] = "") -> None:
    """Log out from a registry"""
    from nerdpy.registry.keys import login_key
    from nerdpy.registry.logout import log_out
    from nerdpy.registry.server import parse_server

    host = parse_server(server).host
    context.console.line(f"Removing login credentials for {login_key(host)}")
    log_out(context.config, host)
