"""`nerdpy start`: start containers that exist."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArguments
from nerdpy.commands.docker_default import docker_default
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError
from nerdpy.model.detach_keys import parse_detach_keys

if TYPE_CHECKING:
    from nerdpy.engine import Engine
    from nerdpy.model.records import ContainerRecord


@dataclass(frozen=True, kw_only=True)
class StartFlags:
    attach: Annotated[bool, Option("--attach", "-a", help="Show the output, and forward signals")] = False
    checkpoint: Annotated[
        str,
        Option("--checkpoint", help="Restore from this checkpoint"),
    ] = ""
    checkpoint_dir: Annotated[
        str,
        Option("--checkpoint-dir", help="Where the checkpoint is", metavar="folder", complete="file"),
    ] = ""
    detach_keys: Annotated[
        str,
        Option(
            "--detach-keys",
            help="Keys that detach from the container (default ctrl-p,ctrl-q)",
            metavar="keys",
        ),
    ] = ""
    interactive: Annotated[bool, Option("--interactive", "-i", help="Attach stdin")] = False


def command(context: Context, flags: StartFlags, containers: ContainerArguments) -> None:
    """Start one or more stopped containers"""
    from nerdpy.container.several import for_each
    from nerdpy.container.start import start_only

    is_attached = flags.attach or flags.interactive
    if len(containers) > 1 and (is_attached or flags.checkpoint):
        what = "attach to" if is_attached else "restore"
        raise UsageError(f"cannot {what} several containers at once", hint="start them one by one")
    if flags.checkpoint_dir and not flags.checkpoint:
        raise UsageError("--checkpoint-dir says where --checkpoint is: give both")
    if is_attached:
        _start_attached(context, flags, containers[0])
        return
    engine = engine_of(context)
    for_each(
        engine,
        containers,
        lambda record: start_only(engine, record, checkpoint=_checkpoint(engine, record, flags)),
        context.console.line,
    )


def _checkpoint(engine: "Engine", record: "ContainerRecord", flags: StartFlags) -> Path | None:
    """Where the wanted checkpoint is."""
    if not flags.checkpoint:
        return None
    from nerdpy.checkpoint.find import find_checkpoint

    folder = Path(flags.checkpoint_dir) if flags.checkpoint_dir else None
    return find_checkpoint(engine, record, flags.checkpoint, folder)


def _start_attached(context: Context, flags: StartFlags, name: str) -> None:
    from nerdpy.container.attach import follow, streams_of
    from nerdpy.container.find import find
    from nerdpy.container.session import Attachment
    from nerdpy.container.start import start

    engine = engine_of(context)
    attachment = Attachment(
        forwards_stdin=flags.interactive,
        detach_keys=parse_detach_keys(flags.detach_keys or docker_default(context, "detachKeys")),
    )
    record = find(engine, name)
    task = start(engine, record, streams_of(attachment), checkpoint=_checkpoint(engine, record, flags))
    context.close_progress()
    if task is None:
        from nerdpy.container.attach import attach

        attach(engine, find(engine, name), attachment)
        return
    follow(engine, task, attachment)
