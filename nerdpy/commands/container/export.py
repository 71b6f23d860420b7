"""`nerdpy export`: a container's filesystem as a tar archive."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArgument
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, OutputClosed


@dataclass(frozen=True, kw_only=True)
class ExportFlags:
    output: Annotated[
        str, Option("--output", "-o", help="Write to a file instead of standard output", complete="file")
    ] = ""


def command(context: Context, flags: ExportFlags, container: ContainerArgument) -> None:
    """Write a container's filesystem as a tar archive

    What its volumes hold is not part of it.
    """
    from nerdpy.container.export import export, new_file
    from nerdpy.container.find import find

    console = context.console
    if not flags.output and console.is_terminal_out:
        raise InvalidArgument(
            "refusing to write an archive to a terminal", hint="use --output, or redirect standard output"
        )
    engine = engine_of(context)
    record = find(engine, container)
    if flags.output:
        with new_file(flags.output) as file:
            export(engine, record, file)
        return
    try:
        export(engine, record, console.stdout.fileno())
    except BrokenPipeError as error:
        raise OutputClosed("nobody reads the archive any more") from error
