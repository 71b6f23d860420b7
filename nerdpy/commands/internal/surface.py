"""`nerdpy internal surface`: every command and flag as JSON, for tools that compare command lines."""

import json

from nerdpy.cli.context import Context
from nerdpy.cli.help import show
from nerdpy.cli.surface import surface


def command(context: Context) -> None:
    """Print every command and flag as JSON"""
    show(json.dumps(surface(), indent=1) + "\n")
