"""`nerdpy rmi`: remove images."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ImageArguments
from nerdpy.dataclass import dataclass, field
from nerdpy.image.read import own_platform
from nerdpy.image.rm import RemoveOptions, remove_several
from nerdpy.model.platform import parse_platforms


@dataclass(frozen=True, kw_only=True)
class RemoveFlags:
    """How bold to be."""

    is_async: Annotated[bool, Option("--async", help="Don't wait until layers are removed")] = False
    force: Annotated[bool, Option("--force", "-f", help="Remove it even if a container uses it")] = False
    no_prune: Annotated[
        bool, Option("--no-prune", help="Keep parents without a name (nerdpy's images have none)")
    ] = False
    platform: Annotated[
        list[str],
        Option("--platform", help="Remove only this platform of the image: os[/arch[/variant]]"),
    ] = field(default_factory=list)


def command(context: Context, flags: RemoveFlags, images: ImageArguments) -> None:
    """Remove one or more images"""
    platforms = parse_platforms(flags.platform, default=own_platform())
    options = RemoveOptions(force=flags.force, is_async=flags.is_async, platforms=platforms)
    remove_several(engine_of(context), images, options, context.console.line)
