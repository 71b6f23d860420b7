"""`nerdpy image verifier rm`: remove programs that containerd asks before it pulls an image."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument


def command(
    context: Context, verifiers: Annotated[list[str], Argument("VERIFIER [VERIFIER...]", complete="verifier")]
) -> None:
    """Remove programs that containerd asks before it pulls an image"""
    from nerdpy.image.verifier_rm import remove

    remove(engine_of(context), verifiers, context.console.line)
