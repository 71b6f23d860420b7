"""`nerdpy image inspect`: everything about images, as docker's JSON."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import FormatFlags, ImageArguments
from nerdpy.dataclass import dataclass
from nerdpy.errors import Several
from nerdpy.image.inspect import inspect_several
from nerdpy.output.inspect import show_objects


@dataclass(frozen=True, kw_only=True)
class InspectFlags:
    """What is shown."""

    mode: Annotated[
        str,
        Option(
            "--mode",
            help="`dockercompat`, or `native` for what containerd has",
            choices=("dockercompat", "native"),
        ),
    ] = "dockercompat"
    platform: Annotated[str, Option("--platform", help="Choose the platform: os[/arch[/variant]]")] = ""


def command(context: Context, flags: InspectFlags, show: FormatFlags, images: ImageArguments) -> None:
    """Show everything about one or more images"""
    found, errors = inspect_several(
        engine_of(context), images, is_native=flags.mode == "native", platform=flags.platform
    )
    show_objects(found, format=show.format, console=context.console)
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)
