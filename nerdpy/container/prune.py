"""Remove the containers that have stopped, or never ran."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from nerdpy import labels
from nerdpy.container.find import raise_all
from nerdpy.container.look import Look, look_at_all
from nerdpy.container.rm import remove
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NerdpyError
from nerdpy.model.prune import PruneFilters, parse_prune_filters

Told = Callable[[str], None]


def prune(engine: Engine, filters: Sequence[str], told: Told) -> int:
    """Remove each, `told` its id; the bytes that they had written. Their volumes stay: `volume prune` sees to
    them. One that somebody starts meanwhile is kept."""
    wanted = parse_prune_filters(filters, datetime.now(UTC))
    errors: list[NerdpyError] = []
    freed = 0
    for look in _prunable(engine, wanted):
        size = _written(engine, look)
        try:
            with suppress(FailedPrecondition):
                remove(engine, look.record)
                told(look.record.id)
                freed += size
        except NerdpyError as error:
            errors.append(error)
    engine.store.journal.note("container", "prune", "", {"reclaimed": str(freed)})
    raise_all(errors)
    return freed


def is_owned(look: Look) -> bool:
    """Was it made by nerdpy or nerdctl, so that its life is known? Kubernetes looks after its own, and what
    `ctr` has made has no name: nobody can tell whether it is still wanted."""
    return labels.NAME in look.record.labels and labels.KUBE_POD not in look.record.labels


def _prunable(engine: Engine, wanted: PruneFilters) -> list[Look]:
    """A container that a living `run` or `create` is making has its record already: it is left alone."""
    looks = look_at_all(engine)
    being_made = {intent.container_id for intent in engine.store.intents.living("create")}
    being_made |= {intent.container_id for intent in engine.store.intents.living("start")}
    return [
        look
        for look in looks
        if look.state.status in {"created", "exited"}
        and look.record.id not in being_made
        and is_owned(look)
        and wanted.fits(labels.user_labels(look.record.labels), look.record.created_at)
    ]


def _written(engine: Engine, look: Look) -> int:
    record = look.record
    with suppress(NerdpyError):
        return engine.containerd.snapshots(record.snapshotter).usage(record.snapshot_key)[0]
    return 0
