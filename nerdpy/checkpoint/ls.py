"""List a container's checkpoints."""

from pathlib import Path

from nerdpy.checkpoint.find import checkpoints_in, place_of
from nerdpy.engine import Engine
from nerdpy.model.records import ContainerRecord


def list_checkpoints(engine: Engine, record: ContainerRecord, folder: Path | None = None) -> list[str]:
    """The names of those that are whole, sorted."""
    return sorted(checkpoints_in(place_of(engine, record, folder)))
