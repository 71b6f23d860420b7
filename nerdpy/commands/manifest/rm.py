"""`nerdpy manifest rm`: forget local manifest lists."""

from typing import Annotated

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument


def command(
    context: Context,
    names: Annotated[list[str], Argument("MANIFEST_LIST [MANIFEST_LIST...]", complete="manifest")],
) -> None:
    """Remove one or more local manifest lists"""
    from nerdpy.manifest.rm import remove

    remove(context.config, names)
