"""Remove the networks that no container refers to, running or not."""

from collections.abc import Sequence
from datetime import datetime

from nerdpy.engine import Engine
from nerdpy.network.filtering import Seen, matches, parse_filters
from nerdpy.network.find import list_networks
from nerdpy.network.ls import created_at
from nerdpy.network.rm import take_away
from nerdpy.network.usage import users_of


def prune(engine: Engine, filters: Sequence[str] = (), *, before: datetime | None = None) -> list[str]:
    """The names of those that are gone. `before`: only what is older."""
    wanted = parse_filters(filters, ("label", "label!"))
    removed = []
    with engine.cni.changing():
        for network in list_networks(engine):
            seen = Seen(name=network.name, id=network.id, driver=network.driver, labels=network.labels)
            if not network.id or network.is_default or network.name == "bridge" or not matches(seen, wanted):
                continue
            if before is not None and created_at(network) >= before:
                continue
            if users_of(engine, network, also_stopped=True):
                continue
            take_away(engine, network)
            removed.append(network.name)
    engine.store.journal.note("network", "prune", "", {"reclaimed": "0"})
    return removed
