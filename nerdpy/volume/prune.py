"""Remove the volumes that no container uses: of this namespace, nor of any other."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from nerdpy.engine import Engine
from nerdpy.model.prune import UNWANTED, parse_prune_filters
from nerdpy.volume.find import DATA, all_volumes, bytes_in
from nerdpy.volume.rm import remove_unused

Told = Callable[[str], None]
KEYS = ("all", "label", UNWANTED)


def prune(engine: Engine, filters: Sequence[str], told: Told, *, everything: bool = False) -> int:
    """Remove the anonymous ones, or with `everything` the named ones too; `told` each name; the bytes that
    were in them. Volumes with driver options stay, as docker has it: they hold no room of ours."""
    wanted = parse_prune_filters(filters, datetime.now(UTC), KEYS)
    everything = wanted.filters.boolean("all", everything) or False
    found = [
        volume.name
        for volume in all_volumes(engine)
        if (everything or volume.is_anonymous)
        and not volume.options
        and wanted.fits(volume.labels, volume.created_at)
    ]
    freed = 0

    def gone(name: str, draft: Path) -> None:
        nonlocal freed
        freed += bytes_in(draft / DATA)  # now that nobody writes into it, nor waits for us
        told(name)

    remove_unused(engine, found, gone=gone)
    engine.store.journal.note("volume", "prune", "", {"reclaimed": str(freed)})
    return freed
