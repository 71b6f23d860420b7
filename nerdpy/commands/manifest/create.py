"""`nerdpy manifest create`: name images that belong together."""

from typing import Annotated

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class CreateFlags:
    amend: Annotated[bool, Option("--amend", "-a", help="Add to a list that is there already")] = False
    insecure: Annotated[bool, Option("--insecure", help="Accept registries without valid TLS")] = False


def command(
    context: Context,
    flags: CreateFlags,
    name: Annotated[str, Argument("MANIFEST_LIST", complete="manifest")],
    manifests: Annotated[list[str], Argument("MANIFEST [MANIFEST...]")],
) -> None:
    """Create a local manifest list, to be annotated and pushed to a registry"""
    from nerdpy.manifest.create import create

    made = create(context.config, name, manifests, amends=flags.amend, is_insecure=flags.insecure)
    context.console.line(f"Created manifest list {made}")
