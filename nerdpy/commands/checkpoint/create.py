"""`nerdpy checkpoint create`: freeze a running container into files."""

from pathlib import Path
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.options import ContainerArgument
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class CreateFlags:
    checkpoint_dir: Annotated[
        str, Option("--checkpoint-dir", help="Write it below this folder", metavar="folder", complete="file")
    ] = ""
    leave_running: Annotated[
        bool, Option("--leave-running", help="Let the container run on after the checkpoint")
    ] = False


def command(
    context: Context,
    flags: CreateFlags,
    container: ContainerArgument,
    checkpoint: Annotated[str, Argument("CHECKPOINT")],
) -> None:
    """Create a checkpoint from a running container"""
    from nerdpy.checkpoint.create import create_checkpoint
    from nerdpy.container.find import find

    engine = engine_of(context)
    create_checkpoint(
        engine,
        find(engine, container),
        checkpoint,
        folder=Path(flags.checkpoint_dir) if flags.checkpoint_dir else None,
        leaves_running=flags.leave_running,
    )
    context.console.line(checkpoint)
