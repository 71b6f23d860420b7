"""Remove volumes, never one that a container uses."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from nerdpy.engine import Engine
from nerdpy.errors import Conflict, NerdpyError, NotFound, PermissionDenied, Several
from nerdpy.linux.mountinfo import below, mounts_below
from nerdpy.model.identifier import is_identifier
from nerdpy.volume.find import get, load_volume
from nerdpy.volume.hold import held_for_removal
from nerdpy.volume.usage import changing, users_by_path, users_of_volumes

Gone = Callable[[str, Path], None]


def remove(engine: Engine, names: Iterable[str], *, is_forced: bool = False) -> Iterator[str]:
    """Remove each, and yield its name; those that can't be removed are told of at the end. Forced: a volume
    that is not there counts as removed."""
    failures: list[NerdpyError] = []
    hidden: dict[str, Path | None] = {}
    wanted = list(dict.fromkeys(names))
    with changing(engine):
        users = _users(engine, wanted)
        mounted = mounts_below(engine.paths.volumes)
        for name in wanted:
            try:
                is_there = not is_forced or load_volume(engine, name) is not None
                hidden[name] = _hidden(engine, name, users.get(name, []), mounted) if is_there else None
            except NerdpyError as error:
                failures.append(error)
    for name, draft in hidden.items():
        if draft is not None:
            engine.store.drafts.remove(draft)
        yield name
    if failures:
        raise Several(failures) if len(failures) > 1 else failures[0]


def _users(engine: Engine, names: Iterable[str], but: str = "") -> dict[str, list[str]]:
    """Who mounts them by name in this namespace, or by path in any."""
    users = users_of_volumes(engine, but)
    for name, paths in users_by_path(
        engine, (name for name in names if _is_there(engine, name)), but
    ).items():
        users.setdefault(name, paths)
    return users


def _is_there(engine: Engine, name: str) -> bool:
    return is_identifier(name) and load_volume(engine, name) is not None


def remove_unused(
    engine: Engine, names: Iterable[str], *, made_for: str = "", gone: Gone = lambda name, draft: None
) -> None:
    """Remove those of them that are there and that no container uses, but the one they were made for: it is
    just being taken away. Nothing else happens to the others. `gone` hears the name of each, and where it
    lies until it is cleared away."""
    wanted = [name for name in names if _is_there(engine, name)]
    if not wanted:
        return
    hidden: dict[str, Path] = {}
    with changing(engine):
        users = _users(engine, wanted, made_for)
        mounted = mounts_below(engine.paths.volumes)
        for name in wanted:
            with suppress(Conflict, NotFound):  # somebody uses or reads it, or has mounted something in it
                hidden[name] = _hidden(engine, name, users.get(name, []), mounted)
    for name, draft in hidden.items():
        gone(name, draft)
        engine.store.drafts.remove(draft)


def _hidden(engine: Engine, name: str, users: list[str], mounted: Sequence[str]) -> Path:
    """Out of everybody's sight, where it is then cleared away: a half-removed volume is never seen."""
    get(engine, name)
    if users:
        raise Conflict(
            f"remove {name}: volume is in use - [{', '.join(users)}]", hint="remove the containers first"
        )
    _refuse_mounts(engine, name, mounted)
    draft = engine.store.drafts.new()
    with held_for_removal(engine, name):
        try:
            os.rename(engine.paths.volume(name), draft)
        except FileNotFoundError as error:
            raise NotFound(f"no such volume: {name}") from error
        except OSError as error:
            raise PermissionDenied(f"remove {name}: {(error.strerror or '').lower()}") from error
    engine.store.journal.note("volume", "destroy", name, {"driver": "local"})
    return draft


def _refuse_mounts(engine: Engine, name: str, mounted: Sequence[str]) -> None:
    """What somebody has mounted in a volume's folder by hand is not ours to clear away."""
    if mounted and (points := below(engine.paths.volume(name), mounted)):
        raise Conflict(
            f"remove {name}: something is mounted on {points[-1]}", hint=f"unmount it: `umount {points[-1]}`"
        )
