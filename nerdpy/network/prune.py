"""Remove the networks that no container refers to, running or not.

The lock of the network files is taken for one network at a time: whoever starts a container meanwhile waits
for one removal, not for all of them.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from nerdpy.cni.conflist import Network
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, Several
from nerdpy.model.prune import parse_prune_filters
from nerdpy.network.find import list_networks
from nerdpy.network.ls import created_at
from nerdpy.network.rm import take_away
from nerdpy.network.usage import names_of, used_names, users_of


def prune(engine: Engine, filters: Sequence[str], told: Callable[[str], None]) -> None:
    """Remove each, telling of those that are gone; what failed is raised at the end."""
    wanted = parse_prune_filters(filters, datetime.now(UTC))
    used = used_names(engine)
    errors: list[NerdpyError] = []
    for network in list_networks(engine):
        if not network.id or network.is_default or network.name == "bridge":
            continue
        if names_of(network) & used or not wanted.fits(network.labels, created_at(network)):
            continue
        try:
            if _is_gone(engine, network):
                told(network.name)
        except NerdpyError as error:
            errors.append(error)
    engine.store.journal.note("network", "prune", "", {"reclaimed": "0"})
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)


def _is_gone(engine: Engine, network: Network) -> bool:
    """Remove it if it is still what was listed, and still nobody's."""
    with engine.cni.changing():
        if not engine.cni.is_still(network) or users_of(engine, network, also_stopped=True):
            return False
        take_away(engine, network)
    return True
