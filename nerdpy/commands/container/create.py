"""`nerdpy create`: make a container, and don't start it."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.commands.container.flags.caller import Caller
from nerdpy.commands.container.flags.cidfile import reserved_cidfile
from nerdpy.commands.container.flags.create import CreateFlags
from nerdpy.commands.container.flags.foreground import AttachFlags


def command(
    context: Context,
    attach: AttachFlags,
    flags: CreateFlags,
    image: Annotated[str, Argument("IMAGE", complete="image")],
    words: Annotated[list[str], Argument("[COMMAND] [ARG...]")] = [],  # noqa: B006 - read only
) -> None:
    """Create a new container"""
    from nerdpy.container.create import create

    options = flags.parse(Caller.of(context), image, words)
    attach.parse_attach(has_tty=flags.tty, keeps_stdin=flags.interactive)
    with reserved_cidfile(options.identity.cidfile) as cidfile:
        record = create(engine_of(context), options)
        cidfile.write(record.id)
    context.close_progress()
    context.console.line(record.id)
