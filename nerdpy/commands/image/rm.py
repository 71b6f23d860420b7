"""`nerdpy rmi`: remove images."""

from dataclasses import dataclass, field
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Later, Option
from nerdpy.cli.options import ImageArguments
from nerdpy.image.rm import RemoveOptions, remove_several


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
        Option("--platform", help="Choose the platform: os[/arch[/variant]]"),
        Later("one platform of an image is not removed alone yet: remove the image, and pull what you need"),
    ] = field(default_factory=list)


def command(context: Context, flags: RemoveFlags, images: ImageArguments) -> None:
    """Remove one or more images"""
    options = RemoveOptions(force=flags.force, is_async=flags.is_async)
    remove_several(engine_of(context), images, options, context.console.line)
