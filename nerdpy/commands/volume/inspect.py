"""`nerdpy volume inspect`: everything about volumes."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import FormatFlags, VolumeArguments
from nerdpy.dataclass import dataclass
from nerdpy.errors import Several


@dataclass(frozen=True, kw_only=True)
class SizeFlags:
    size: Annotated[bool, Option("--size", "-s", help="Show sizes")] = False


def command(context: Context, flags: SizeFlags, show: FormatFlags, volumes: VolumeArguments) -> None:
    """Show everything about one or more volumes"""
    from nerdpy.output.inspect import show_objects
    from nerdpy.volume.inspect import inspect_several

    found, missing = inspect_several(engine_of(context), volumes, with_size=flags.size)
    show_objects(found, format=show.format, console=context.console)
    if missing:
        raise Several(missing) if len(missing) > 1 else missing[0]
