"""Look at namespaces one by one."""

from collections.abc import Iterable
from typing import Any

from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.namespace.find import get


def inspect_several(engine: Engine, names: Iterable[str]) -> tuple[list[dict[str, Any]], list[NerdpyError]]:
    """`Name` and `Labels` (null when there are none) of those that are there, and the errors of the rest."""
    found: list[dict[str, Any]] = []
    missing: list[NerdpyError] = []
    for name in names:
        try:
            record = get(engine, name)
        except NotFound as error:
            missing.append(error)
        else:
            found.append({"Name": record.name, "Labels": record.labels or None})
    return found, missing
