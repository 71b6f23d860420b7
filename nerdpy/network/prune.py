"""Remove the networks that no container refers to, running or not."""

from collections.abc import Sequence
from datetime import UTC, datetime

from nerdpy.engine import Engine
from nerdpy.model.prune import parse_prune_filters
from nerdpy.network.find import list_networks
from nerdpy.network.ls import created_at
from nerdpy.network.rm import take_away
from nerdpy.network.usage import users_of


def prune(engine: Engine, filters: Sequence[str] = ()) -> list[str]:
    """The names of those that are gone."""
    wanted = parse_prune_filters(filters, datetime.now(UTC))
    removed = []
    with engine.cni.changing():
        for network in list_networks(engine):
            if not network.id or network.is_default or network.name == "bridge":
                continue
            if not wanted.fits(network.labels, created_at(network)):
                continue
            if users_of(engine, network, also_stopped=True):
                continue
            take_away(engine, network)
            removed.append(network.name)
    engine.store.journal.note("network", "prune", "", {"reclaimed": "0"})
    return removed
