"""`nerdpy checkpoint rm`: remove a checkpoint."""

from pathlib import Path
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.options import ContainerArgument
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class RemoveFlags:
    checkpoint_dir: Annotated[
        str, Option("--checkpoint-dir", help="Where the checkpoints are", metavar="folder", complete="file")
    ] = ""


def command(
    context: Context,
    flags: RemoveFlags,
    container: ContainerArgument,
    checkpoint: Annotated[str, Argument("CHECKPOINT")],
) -> None:
    """Remove a checkpoint"""
    from nerdpy.checkpoint.rm import remove_checkpoint
    from nerdpy.container.find import find

    engine = engine_of(context)
    folder = Path(flags.checkpoint_dir) if flags.checkpoint_dir else None
    remove_checkpoint(engine, find(engine, container), checkpoint, folder)
