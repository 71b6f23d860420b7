"""Remove volumes, never one that a container uses."""

import os
from collections.abc import Iterable, Iterator

from nerdpy.engine import Engine
from nerdpy.errors import Conflict, NerdpyError, NotFound, PermissionDenied, Several
from nerdpy.volume.find import get, load_volume
from nerdpy.volume.usage import users_of_volumes


def remove(engine: Engine, names: Iterable[str], *, is_forced: bool = False) -> Iterator[str]:
    """Remove each, and yield its name; those that can't be removed are told of at the end. Forced: a volume
    that is not there is no failure."""
    users = users_of_volumes(engine)
    failures: list[NerdpyError] = []
    for name in dict.fromkeys(names):
        try:
            if is_forced and load_volume(engine, name) is None:
                continue
            get(engine, name)
            if name in users:
                raise Conflict(
                    f"remove {name}: volume is in use - [{', '.join(users[name])}]",
                    hint="remove the containers first",
                )
            _delete(engine, name)
            yield name
        except NerdpyError as error:
            failures.append(error)
    if failures:
        raise Several(failures) if len(failures) > 1 else failures[0]


def remove_unused(engine: Engine, names: Iterable[str]) -> None:
    """Remove those of them that are there and that no container uses; nothing else happens to the others."""
    wanted = [name for name in names if load_volume(engine, name) is not None]
    if not wanted:
        return
    users = users_of_volumes(engine)
    for name in wanted:
        if name not in users:
            _delete(engine, name)


def _delete(engine: Engine, name: str) -> None:
    """First out of sight, then gone: a half-removed volume is never seen."""
    folder = engine.paths.volume(name)
    gone = engine.store.drafts.new()
    try:
        os.rename(folder, gone)
    except FileNotFoundError as error:
        raise NotFound(f"no such volume: {name}") from error
    except OSError as error:
        raise PermissionDenied(f"remove {name}: {(error.strerror or '').lower()}") from error
    engine.store.drafts.remove(gone)
