"""docker's `volume update`, which knows cluster volumes alone."""

from typing import NoReturn

from nerdpy import errors
from nerdpy.engine import Engine


def update(engine: Engine, name: str) -> NoReturn:
    """Labels and options of a local volume are those of its making."""
    raise errors.NotImplemented(
        "cluster volumes are a matter of Swarm, which nerdpy does not do",
        hint="make another volume, and copy: `nerdpy volume export OLD | nerdpy volume import NEW`",
    )
