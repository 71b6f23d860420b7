"""`nerdpy container inspect`: everything about containers, as docker's JSON."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArguments, FormatFlags
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class InspectFlags:
    mode: Annotated[
        str,
        Option(
            "--mode",
            help="`dockercompat`, or `native` for what containerd has",
            choices=("dockercompat", "native"),
        ),
    ] = "dockercompat"
    size: Annotated[bool, Option("--size", "-s", help="Show how much disk each takes")] = False


def command(context: Context, flags: InspectFlags, show: FormatFlags, containers: ContainerArguments) -> None:
    """Show everything about one or more containers"""
    from nerdpy.container.find import raise_all
    from nerdpy.container.inspect import inspect_several
    from nerdpy.output.inspect import show_objects

    found, errors = inspect_several(
        engine_of(context), containers, is_native=flags.mode == "native", with_size=flags.size
    )
    show_objects(found, format=show.format, console=context.console)
    raise_all(errors)
