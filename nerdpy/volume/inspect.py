"""Look at volumes one by one."""

from collections.abc import Iterable
from typing import Any

from nerdpy.dockercompat.volume import volume_object
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.volume.find import get


def inspect_several(
    engine: Engine, names: Iterable[str], *, with_size: bool = False
) -> tuple[list[dict[str, Any]], list[NerdpyError]]:
    """Docker's JSON of those that are there, in the order asked, and the errors of those that are not."""
    found: list[dict[str, Any]] = []
    missing: list[NerdpyError] = []
    for name in names:
        try:
            found.append(inspect(engine, name, with_size=with_size))
        except NotFound as error:
            missing.append(error)
    return found, missing


def inspect(engine: Engine, name: str, *, with_size: bool = False) -> dict[str, Any]:
    """Docker's JSON of one volume; NotFound."""
    volume = get(engine, name)
    return volume_object(
        volume.name,
        mountpoint=str(volume.mountpoint),
        created_at=volume.created_at,
        labels=volume.labels,
        options=volume.options,
        size=volume.size() if with_size else None,
    )
