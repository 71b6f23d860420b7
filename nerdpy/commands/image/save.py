"""`nerdpy save`: write images to an archive."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ImageArguments
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, OutputClosed
from nerdpy.image.archive_wish import parse_wish


@dataclass(frozen=True, kw_only=True)
class SaveFlags:
    all_platforms: Annotated[
        bool, Option("--all-platforms", help="Insist on all platforms of each image")
    ] = False
    output: Annotated[
        str, Option("--output", "-o", help="Write to a file instead of standard output", complete="file")
    ] = ""
    platform: Annotated[
        list[str],
        Option("--platform", help="Save only this platform: os[/arch[/variant]]", metavar="platform"),
    ] = field(default_factory=list)
    quiet: Annotated[bool, Option("--quiet", "-q", help="Don't show progress")] = False


def command(context: Context, flags: SaveFlags, images: ImageArguments) -> None:
    """Save images to a tar archive

    The archive is an OCI layout with docker's manifest.json: `nerdpy load`, `docker load` and skopeo read it.
    Without --platform all platforms that are here are saved. A repository without a tag means all its tags.
    """
    from nerdpy.image.save import find_all, save, save_to

    wish = parse_wish(flags.platform, all_platforms=flags.all_platforms)
    console = context.console
    if not flags.output and console.is_terminal_out:
        raise InvalidArgument(
            "refusing to write an archive to a terminal", hint="use --output, or redirect standard output"
        )
    context.show_progress(is_quiet=flags.quiet or not console.is_terminal_err)
    engine = engine_of(context)
    if flags.output:
        save_to(engine, images, wish, flags.output)
        return
    found = find_all(engine, images, wish)
    try:
        save(engine, found, console.stdout.fileno())
    except BrokenPipeError as error:
        raise OutputClosed("nobody reads the archive any more") from error
