"""What nobody owns on this engine, in all its namespaces; and taking exactly that away.

Each thing tells by a tag whose it was (`network/tags.py`, names of files, labels, environments). What has no
tag of ours is not looked at. What a living command is working on has an owner.
"""

from collections.abc import Iterator
from contextlib import suppress

from nerdpy.container.sweep import sweep
from nerdpy.engine import Engine, Warned
from nerdpy.errors import NerdpyError
from nerdpy.system.leak import Leak, Living
from nerdpy.system.leaked_files import leaked_files, leaked_mounts, leaked_volume_mounts
from nerdpy.system.leaked_links import leaked_links
from nerdpy.system.leaked_objects import leaked_objects
from nerdpy.system.leaked_processes import leaked_groups, leaked_processes
from nerdpy.system.leaked_zones import leaked_zones

_ROUNDS = 3
"""Taking one away may show another: a folder behind its mount."""


def find_leaks(engine: Engine) -> list[Leak]:
    """What nobody owns; nothing is changed. What is there for a moment only, since a command has just ended,
    is not told: it must be seen twice."""
    first = list(_looked(engine))
    if not first:
        return []
    again = list(_looked(engine))
    return [one for one in again if one in first]


def remove_leaks(engine: Engine) -> list[Leak]:
    """Sweep, and take away what is leaked even so; those that were there and are gone."""
    sweep(engine)
    removed: list[Leak] = []
    for _ in range(_ROUNDS):
        found = [leak for leak in find_leaks(engine) if leak not in removed]
        if not found:
            break
        for leak in found:
            try:
                leak.remove()
                removed.append(leak)
            except (NerdpyError, OSError) as error:
                engine.notify(Warned(f"{leak.kind} {leak.name} stays for now: {error}"))
    return removed


def _looked(engine: Engine) -> Iterator[Leak]:
    living = Living(engine)
    for find in (
        leaked_processes,
        leaked_groups,
        leaked_mounts,
        leaked_volume_mounts,
        leaked_links,
        leaked_zones,
        leaked_objects,
        leaked_files,
    ):
        with suppress(FileNotFoundError):
            yield from find(living)
