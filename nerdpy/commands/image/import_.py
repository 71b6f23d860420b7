"""`nerdpy import`: make an image from a filesystem archive."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import UsageError
from nerdpy.image.archive_wish import parse_wish


@dataclass(frozen=True, kw_only=True)
class ImportFlags:
    change: Annotated[
        list[str], Option("--change", "-c", help="Apply a Dockerfile instruction to the image")
    ] = field(default_factory=list)
    message: Annotated[str, Option("--message", "-m", help="A sentence for the history of the image")] = ""
    platform: Annotated[
        str, Option("--platform", help="The platform of the image: os[/arch[/variant]]", metavar="platform")
    ] = ""


def command(
    context: Context,
    flags: ImportFlags,
    source: Annotated[str, Argument("file|URL|-", complete="file")],
    reference: Annotated[str, Argument("[REPOSITORY[:TAG]]", complete="image")] = "",
) -> None:
    """Make an image from a filesystem archive

    The archive becomes the only layer, packed as it is or by gzip. An archive of images is loaded as by
    `nerdpy load`.
    """
    from nerdpy.image.import_ import ImportOptions, import_archive

    named = flags.platform or context.environ.get("DOCKER_DEFAULT_PLATFORM", "")
    platforms = parse_wish([named] if named else [], all_platforms=False).platforms
    if len(platforms) > 1:
        raise UsageError(f'an image of one layer has one platform, not several: "{named}"')
    options = ImportOptions(
        source=source,
        reference=reference,
        changes=tuple(flags.change),
        message=flags.message,
        platform=platforms[0] if platforms else None,
    )
    context.show_progress(is_quiet=not context.console.is_terminal_err)
    names = import_archive(engine_of(context), options)
    context.close_progress()
    for name in names:
        context.console.line(name)
