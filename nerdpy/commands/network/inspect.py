"""`nerdpy network inspect`."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import FormatFlags, NetworkArguments
from nerdpy.dataclass import dataclass
from nerdpy.errors import Several


@dataclass(frozen=True, kw_only=True)
class ModeFlags:
    """In whose words."""

    mode: Annotated[
        str, Option("--mode", help="dockercompat or native", choices=("dockercompat", "native"))
    ] = "dockercompat"
    verbose: Annotated[bool, Option("--verbose", "-v", help="Show more")] = False


def command(context: Context, flags: FormatFlags, mode: ModeFlags, networks: NetworkArguments) -> None:
    """Show everything about one or more networks"""
    from nerdpy.network.inspect import inspect_all
    from nerdpy.output.formats import show_objects

    found, errors = inspect_all(engine_of(context), networks, is_native=mode.mode == "native")
    show_objects(found, format=flags.format, console=context.console)
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)
