"""`nerdpy internal complete -- WORD...`: what the completion scripts ask at every press of Tab."""

from typing import Annotated

from nerdpy.cli.complete import complete
from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument
from nerdpy.cli.help import show


def command(context: Context, words: Annotated[list[str], Argument("[WORD...]")]) -> None:
    """Print what may follow on a command line"""
    show("".join(f"{line}\n" for line in complete(words, context.environ)))
