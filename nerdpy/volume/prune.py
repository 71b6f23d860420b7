"""Remove the volumes that no container uses: of this namespace, nor of any other."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from nerdpy.engine import Engine
from nerdpy.model.prune import UNWANTED, parse_prune_filters
from nerdpy.volume.find import Volume, all_volumes
from nerdpy.volume.rm import remove_unused
from nerdpy.volume.usage import users_by_path

Told = Callable[[str], None]
KEYS = ("all", "label", UNWANTED)


def prune(engine: Engine, filters: Sequence[str], told: Told, *, everything: bool = False) -> int:
    """Remove the anonymous ones, or with `everything` the named ones too; `told` each name; the bytes that
    were in them. Volumes with driver options stay, as docker has it: they hold no room of ours."""
    wanted = parse_prune_filters(filters, datetime.now(UTC), KEYS)
    everything = wanted.filters.boolean("all", everything) or False
    found = [
        volume
        for volume in all_volumes(engine)
        if (everything or volume.is_anonymous)
        and not volume.options
        and wanted.fits(volume.labels, volume.created_at)
    ]
    mounted = users_by_path(engine, found) if found else {}
    freed = _remove(engine, [volume for volume in found if volume.name not in mounted], told)
    engine.store.journal.note("volume", "prune", "", {"reclaimed": str(freed)})
    return freed


def _remove(engine: Engine, volumes: Sequence[Volume], told: Told) -> int:
    sizes = {volume.name: volume.size() for volume in volumes}
    remove_unused(engine, list(sizes))
    freed = 0
    for name, size in sizes.items():
        if not os.path.lexists(engine.paths.volume(name)):  # else somebody has begun to use it meanwhile
            told(name)
            freed += size
    return freed
