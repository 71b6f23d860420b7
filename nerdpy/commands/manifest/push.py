"""`nerdpy manifest push`: give a list to its registry."""

from typing import Annotated

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class PushFlags:
    insecure: Annotated[bool, Option("--insecure", help="Accept registries without valid TLS")] = False
    purge: Annotated[bool, Option("--purge", "-p", help="Remove the local list when it is pushed")] = False


def command(
    context: Context, flags: PushFlags, name: Annotated[str, Argument("MANIFEST_LIST", complete="manifest")]
) -> None:
    """Push a local manifest list to its repository"""
    from nerdpy.manifest.push import push

    pushed = push(context.config, name, is_insecure=flags.insecure, purges=flags.purge)
    for reference in pushed.brought:
        context.console.line(f"Pushed ref {reference} with digest: {reference.digest}")
    context.console.line(pushed.digest)
