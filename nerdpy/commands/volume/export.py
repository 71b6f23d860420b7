"""`nerdpy volume export`: what a volume holds, as a tar archive."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, OutputClosed


@dataclass(frozen=True, kw_only=True)
class ExportFlags:
    output: Annotated[
        str, Option("--output", "-o", help="Write to a file instead of standard output", complete="file")
    ] = ""


def command(
    context: Context, flags: ExportFlags, volume: Annotated[str, Argument("VOLUME", complete="volume")]
) -> None:
    """Write what a volume holds as a tar archive

    Owners, modes, links, devices, extended attributes and holes are kept; `nerdpy volume import` reads it.
    Containers may go on using the volume: stop them if the archive is to show one moment.
    """
    from nerdpy.volume.export import export, new_file

    console = context.console
    if not flags.output and console.is_terminal_out:
        raise InvalidArgument(
            "refusing to write an archive to a terminal", hint="use --output, or redirect standard output"
        )
    engine = engine_of(context)
    if flags.output:
        with new_file(flags.output) as file:
            export(engine, volume, file)
        return
    try:
        export(engine, volume, console.stdout.fileno())
    except BrokenPipeError as error:
        raise OutputClosed("nobody reads the archive any more") from error
