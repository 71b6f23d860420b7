"""`nerdpy start`: start containers that exist."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Later, Option
from nerdpy.cli.options import ContainerArguments
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError
from nerdpy.model.detach_keys import parse_detach_keys


@dataclass(frozen=True, kw_only=True)
class StartFlags:
    attach: Annotated[bool, Option("--attach", "-a", help="Show the output, and forward signals")] = False
    checkpoint: Annotated[
        str,
        Option("--checkpoint", help="Restore from this checkpoint"),
        Later("checkpoints are not built yet"),
    ] = ""
    checkpoint_dir: Annotated[
        str,
        Option("--checkpoint-dir", help="Where the checkpoint is"),
        Later("checkpoints are not built yet"),
    ] = ""
    detach_keys: Annotated[
        str, Option("--detach-keys", help="Keys that detach from the container", metavar="keys")
    ] = "ctrl-p,ctrl-q"
    interactive: Annotated[bool, Option("--interactive", "-i", help="Attach stdin")] = False


def command(context: Context, flags: StartFlags, containers: ContainerArguments) -> None:
    """Start one or more stopped containers"""
    from nerdpy.container.several import for_each
    from nerdpy.container.start import start_only

    if not (flags.attach or flags.interactive):
        engine = engine_of(context)
        for_each(engine, containers, lambda record: start_only(engine, record), context.console.line)
        return
    if len(containers) > 1:
        raise UsageError("cannot attach to several containers at once", hint="start them one by one")
    _start_attached(context, flags, containers[0])


def _start_attached(context: Context, flags: StartFlags, name: str) -> None:
    from nerdpy.container.attach import follow, streams_of
    from nerdpy.container.find import find
    from nerdpy.container.session import Attachment
    from nerdpy.container.start import start

    engine = engine_of(context)
    attachment = Attachment(
        forwards_stdin=flags.interactive, detach_keys=parse_detach_keys(flags.detach_keys)
    )
    task = start(engine, find(engine, name), streams_of(attachment))
    context.close_progress()
    if task is None:
        from nerdpy.container.attach import attach

        attach(engine, find(engine, name), attachment)
        return
    follow(engine, task, attachment)
