"""Remove volumes, never one that a container uses."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from nerdpy.engine import Engine
from nerdpy.errors import Conflict, NerdpyError, NotFound, PermissionDenied, Several
from nerdpy.linux.mountinfo import mounts_below
from nerdpy.model.identifier import is_identifier
from nerdpy.volume.find import get, load_volume
from nerdpy.volume.hold import held_for_removal
from nerdpy.volume.usage import changing, users_by_path, users_of_volumes


def remove(engine: Engine, names: Iterable[str], *, is_forced: bool = False) -> Iterator[str]:
    """Remove each, and yield its name; those that can't be removed are told of at the end. Forced: a volume
    that is not there counts as removed."""
    failures: list[NerdpyError] = []
    hidden: dict[str, Path | None] = {}
    wanted = list(dict.fromkeys(names))
    with changing(engine):
        users = _users(engine, wanted)
        for name in wanted:
            try:
                is_there = not is_forced or load_volume(engine, name) is not None
                hidden[name] = _hidden(engine, name, users.get(name, [])) if is_there else None
            except NerdpyError as error:
                failures.append(error)
    for name, draft in hidden.items():
        if draft is not None:
            engine.store.drafts.remove(draft)
        yield name
    if failures:
        raise Several(failures) if len(failures) > 1 else failures[0]


def _users(engine: Engine, names: Iterable[str]) -> dict[str, list[str]]:
    """Who mounts them by name in this namespace, or by path in any."""
    users = users_of_volumes(engine)
    there = [volume for name in names if is_identifier(name) and (volume := load_volume(engine, name))]
    for name, paths in users_by_path(engine, there).items() if there else ():
        users.setdefault(name, paths)
    return users


def _refuse_mounts(engine: Engine, name: str) -> None:
    """What somebody has mounted in a volume's folder by hand is not ours to clear away."""
    if points := mounts_below(engine.paths.volume(name)):
        raise Conflict(
            f"remove {name}: something is mounted on {points[-1]}", hint=f"unmount it: `umount {points[-1]}`"
        )


def remove_unused(engine: Engine, names: Iterable[str], *, made_for: str = "") -> None:
    """Remove those of them that are there and that no container uses, but the one they were made for: it is
    just being taken away. Nothing else happens to the others."""
    if not any(load_volume(engine, name) for name in names):
        return
    with changing(engine):
        users = users_of_volumes(engine, but=made_for)
        found = [name for name in names if name not in users and load_volume(engine, name)]
        hidden = []
        for name in found:
            with suppress(Conflict):  # somebody reads it, or has mounted something in it
                hidden.append(_hidden(engine, name, []))
    for draft in hidden:
        engine.store.drafts.remove(draft)


def _hidden(engine: Engine, name: str, users: list[str]) -> Path:
    """Out of everybody's sight, where it is then cleared away: a half-removed volume is never seen."""
    get(engine, name)
    if users:
        raise Conflict(
            f"remove {name}: volume is in use - [{', '.join(users)}]", hint="remove the containers first"
        )
    _refuse_mounts(engine, name)
    gone = engine.store.drafts.new()
    with held_for_removal(engine, name):
        try:
            os.rename(engine.paths.volume(name), gone)
        except FileNotFoundError as error:
            raise NotFound(f"no such volume: {name}") from error
        except OSError as error:
            raise PermissionDenied(f"remove {name}: {(error.strerror or '').lower()}") from error
    engine.store.journal.note("volume", "destroy", name, {"driver": "local"})
    return gone
