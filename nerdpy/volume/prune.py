"""Remove the volumes that no container uses: of this namespace, nor of any other."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from nerdpy.engine import Engine
from nerdpy.model.prune import UNWANTED, parse_prune_filters
from nerdpy.volume.find import Volume, all_volumes
from nerdpy.volume.rm import remove_unused

Told = Callable[[str], None]
KEYS = ("all", "label", UNWANTED)


def prune(engine: Engine, filters: Sequence[str], told: Told, *, everything: bool = False) -> int:
    """Remove the anonymous ones, or with `everything` the named ones too; `told` each name; the bytes that
    were in them."""
    wanted = parse_prune_filters(filters, datetime.now(UTC), KEYS)
    everything = wanted.filters.boolean("all", everything) or False
    found = [
        volume
        for volume in all_volumes(engine)
        if (everything or volume.is_anonymous) and wanted.fits(volume.labels, volume.created_at)
    ]
    mounted = _mounted_anywhere(engine, found) if found else set()
    freed = _remove(engine, [volume for volume in found if volume.name not in mounted], told)
    engine.store.journal.note("volume", "prune", "", {"reclaimed": str(freed)})
    return freed


def _mounted_anywhere(engine: Engine, volumes: Sequence[Volume]) -> set[str]:
    """The volumes whose path stands in a container's spec, of whatever namespace and whoever made it: a bind
    mount of a volume's folder uses it as well. Paths in JSON may have `/` escaped, as `\\/`."""
    client = engine.containerd
    used: set[str] = set()
    for namespace in client.namespaces.list():
        for record in client.in_namespace(namespace.name).containers.list():
            spec = record.spec_json.replace(b"\\/", b"/")
            used |= {one.name for one in volumes if os.fsencode(one.mountpoint) in spec}
    return used


def _remove(engine: Engine, volumes: Sequence[Volume], told: Told) -> int:
    sizes = {volume.name: volume.size() for volume in volumes}
    remove_unused(engine, list(sizes))
    freed = 0
    for name, size in sizes.items():
        if not os.path.lexists(engine.paths.volume(name)):  # else somebody has begun to use it meanwhile
            told(name)
            freed += size
    return freed
