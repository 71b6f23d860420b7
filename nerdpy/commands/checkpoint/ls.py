"""`nerdpy checkpoint ls`: what a container can be started from."""

from pathlib import Path
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArgument
from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.checkpoint import COLUMNS, CheckpointRow
from nerdpy.output.formats import show_rows


@dataclass(frozen=True, kw_only=True)
class ListFlags:
    checkpoint_dir: Annotated[
        str, Option("--checkpoint-dir", help="Where the checkpoints are", metavar="folder", complete="file")
    ] = ""


def command(context: Context, flags: ListFlags, container: ContainerArgument) -> None:
    """List checkpoints for a container"""
    from nerdpy.checkpoint.ls import list_checkpoints
    from nerdpy.container.find import find

    engine = engine_of(context)
    folder = Path(flags.checkpoint_dir) if flags.checkpoint_dir else None
    names = list_checkpoints(engine, find(engine, container), folder)
    show_rows([CheckpointRow(Name=name) for name in names], columns=COLUMNS, console=context.console)
