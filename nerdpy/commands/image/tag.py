"""`nerdpy tag`: give an image another name."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.image.tag import tag


def command(
    context: Context,
    source: Annotated[str, Argument("SOURCE_IMAGE[:TAG]", complete="image")],
    target: Annotated[str, Argument("TARGET_IMAGE[:TAG]", complete="image")],
) -> None:
    """Give an image another name"""
    tag(engine_of(context), source, target)
