"""Look at volumes one by one."""

from collections.abc import Iterable

from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.volume.find import Volume, get


def inspect(engine: Engine, names: Iterable[str]) -> tuple[list[Volume], list[NotFound]]:
    """Those that are there, in the order asked, and the errors of those that are not."""
    found: list[Volume] = []
    missing: list[NotFound] = []
    for name in names:
        try:
            found.append(get(engine, name))
        except NotFound as error:
            missing.append(error)
    return found, missing
