"""What is told of networks for `events`, in docker's words."""

from nerdpy.cni.conflist import Network, network_id
from nerdpy.engine import Engine
from nerdpy.network.attachment import Link


def tell_of_link(engine: Engine, container_id: str, link: Link, action: str) -> None:
    """`connect` or `disconnect` of one container."""
    kind = str(link.plugins[0].get("type", "")) if link.plugins else ""
    attributes = {"container": container_id, "name": link.name, "type": kind}
    engine.store.journal.note("network", action, link.network_id or network_id(link.name), attributes)


def tell(engine: Engine, network: Network, action: str) -> None:
    """Note it in the journal."""
    attributes = {**network.labels, "name": network.name, "type": network.driver}
    engine.store.journal.note("network", action, network.shown_id, attributes)
