"""Where checkpoints are, and which there are.

They lie in the container's own folder and go with it, or in a folder of the user's. Each is a folder of
CRIU's images with what runc adds to them; the container's file system is not in it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from nerdpy.container.find import shown_as
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.model.identifier import parse_identifier
from nerdpy.model.records import ContainerRecord

INVENTORY = "inventory.img"
"""The image that CRIU writes with every dump."""


def find_checkpoint(engine: Engine, record: ContainerRecord, name: str, folder: Path | None = None) -> Path:
    """Where the checkpoint is; NotFound."""
    parse_identifier(name, "checkpoint")
    place = place_of(engine, record, folder)
    if name in checkpoints_in(place):
        return place / name
    if os.path.lexists(place / name):
        raise InvalidArgument(f"{place / name} is not a checkpoint")
    raise NotFound(
        f"checkpoint {name} of container {shown_as(record)} does not exist",
        hint=f"see `nerdpy checkpoint ls {shown_as(record)}`",
    )


def place_of(engine: Engine, record: ContainerRecord, folder: Path | None) -> Path:
    """The folder of the container's checkpoints: the user's choice, or its own."""
    return folder.absolute() if folder is not None else engine.paths.checkpoints(record.id)


def checkpoints_in(place: Path) -> Iterator[str]:
    """The names of those that are whole."""
    if not place.is_dir():
        return
    for entry in os.scandir(place):
        is_whole = entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
        if is_whole and os.path.lexists(f"{entry.path}/{INVENTORY}"):
            yield entry.name
