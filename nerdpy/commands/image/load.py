"""`nerdpy load`: put the images of an archive into the store."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.dataclass import dataclass, field
from nerdpy.image.archive_wish import parse_wish


@dataclass(frozen=True, kw_only=True)
class LoadFlags:
    all_platforms: Annotated[
        bool, Option("--all-platforms", help="Insist on all platforms of each image, and unpack them")
    ] = False
    input: Annotated[
        str, Option("--input", "-i", help="Read from a file instead of standard input", complete="file")
    ] = ""
    platform: Annotated[
        list[str],
        Option("--platform", help="Load only this platform: os[/arch[/variant]]", metavar="platform"),
    ] = field(default_factory=list)
    quiet: Annotated[bool, Option("--quiet", "-q", help="Don't show progress")] = False


def command(context: Context, flags: LoadFlags) -> None:
    """Load images from a tar archive

    Archives of docker and in OCI layout are understood, packed by gzip, zstd, xz or bzip2 as well. Without
    --platform everything that is in them is loaded, and what this machine runs is unpacked.
    """
    from nerdpy.image.load import load_file

    wish = parse_wish(flags.platform, all_platforms=flags.all_platforms)
    console = context.console
    context.show_progress(is_quiet=flags.quiet or not console.is_terminal_err)
    loaded = load_file(engine_of(context), flags.input, wish)
    context.close_progress()
    for image in loaded:
        if image.replaced:
            console.line(
                f"The image {image.shown} already exists, renaming the old one with ID {image.replaced} "
                "to empty string"
            )
        console.line(f"Loaded image: {image.shown}")
