"""`nerdpy cp`: copy files between a container and this machine."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, OutputClosed


@dataclass(frozen=True, kw_only=True)
class CopyFlags:
    archive: Annotated[bool, Option("--archive", "-a", help="Keep owners and groups")] = False
    follow_link: Annotated[
        bool, Option("--follow-link", "-L", help="Follow a symbolic link that SRC_PATH is")
    ] = False
    quiet: Annotated[bool, Option("--quiet", "-q", help="Show neither progress nor a summary")] = False


def command(
    context: Context,
    flags: CopyFlags,
    source: Annotated[str, Argument("CONTAINER:SRC_PATH|SRC_PATH|-")],
    destination: Annotated[str, Argument("DEST_PATH|-|CONTAINER:DEST_PATH")],
) -> None:
    """Copy files between a container and this machine

    One side is CONTAINER:PATH. `-` on the other side is a tar stream on standard input or output. The
    container may run or not; its volumes are part of it.
    """
    from nerdpy.container.cp import CopyOptions, check_sides, copy_in, copy_out, stdin, stream_in, stream_out
    from nerdpy.model.copy_rule import parse_side
    from nerdpy.output.copying import Copying

    start, end = parse_side(source, "source"), parse_side(destination, "destination")
    check_sides(start, end)
    console = context.console
    if end.is_stream and console.is_terminal_out:
        raise InvalidArgument(
            "refusing to write a tar archive to a terminal", hint="redirect it to a file or a pipe"
        )
    engine = engine_of(context)
    title = "Copying from container" if start.container else "Copying to container"
    with Copying(console, title, is_quiet=flags.quiet) as copying:
        options = CopyOptions(keeps_owners=flags.archive, follows_link=flags.follow_link, told=copying)
        if end.is_stream:
            try:
                stream_out(engine, start, console.stdout.fileno(), options)
            except BrokenPipeError as error:
                raise OutputClosed("nobody reads the archive any more") from error
            return
        if start.container:
            place = copy_out(engine, start, end, options)
        elif start.is_stream:
            place = stream_in(engine, stdin(), end, options)
        else:
            place = copy_in(engine, start, end, options)
    if not flags.quiet:
        console.talk(f"Successfully copied {copying.size} to {place}")
