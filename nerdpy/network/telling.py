"""What is told of networks for `events`, in docker's words."""

from nerdpy.cni.conflist import Network
from nerdpy.engine import Engine


def tell(engine: Engine, network: Network, action: str) -> None:
    """Note it in the journal."""
    attributes = {**network.labels, "name": network.name, "type": network.driver}
    engine.store.journal.note("network", action, network.id, attributes)
