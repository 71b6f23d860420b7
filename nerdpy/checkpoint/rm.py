"""Remove a checkpoint."""

import shutil
from pathlib import Path

from nerdpy.checkpoint.find import find_checkpoint
from nerdpy.engine import Engine
from nerdpy.model.records import ContainerRecord


def remove_checkpoint(engine: Engine, record: ContainerRecord, name: str, folder: Path | None = None) -> None:
    """Take it away. What is no checkpoint is left alone, whatever its name."""
    shutil.rmtree(find_checkpoint(engine, record, name, folder))
