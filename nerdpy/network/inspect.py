"""Look at a network: its file, and the containers on it."""

from collections.abc import Iterable
from typing import Any

from nerdpy.cni.conflist import Network
from nerdpy.dockercompat.network import Endpoint, network_json
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.network.find import DEFAULT_NAME, default_of, find_network, list_networks
from nerdpy.network.ls import created_at, pseudo_networks
from nerdpy.network.usage import attached_to, running_on


def inspect(engine: Engine, name: str) -> dict[str, Any]:
    """docker's JSON of one network."""
    network = _find(engine, name)
    endpoints = _endpoints(engine, network)
    return network_json(network.content, created_at=created_at(network), endpoints=endpoints)


def inspect_native(engine: Engine, name: str) -> dict[str, Any]:
    """The file as it is, in nerdctl's words."""
    network = _find(engine, name)
    return {
        "CNI": network.content,
        "NerdctlID": network.id or None,
        "NerdctlLabels": network.labels,
        "File": str(network.path or ""),
        "Containers": [one.container_id for one in _endpoints(engine, network)],
    }


def inspect_all(
    engine: Engine, names: Iterable[str], *, is_native: bool = False
) -> tuple[list[dict[str, Any]], list[NerdpyError]]:
    """What was found, and what was not."""
    found, errors = [], []
    for name in names:
        try:
            found.append(inspect_native(engine, name) if is_native else inspect(engine, name))
        except NerdpyError as error:
            errors.append(error)
    return found, errors


def _find(engine: Engine, name: str) -> Network:
    networks = [*list_networks(engine), *pseudo_networks()]
    if name == DEFAULT_NAME and default_of(networks) is None:
        from nerdpy.network.ensure import make_default

        return make_default(engine)
    return find_network(engine, name, networks)


def _endpoints(engine: Engine, network: Network) -> list[Endpoint]:
    if network.path is None:
        return [Endpoint(container_id=one, name=name) for one, name in running_on(engine, network)]
    return [
        Endpoint(
            container_id=container.container_id,
            name=container.names.name,
            mac_address=one.mac_address,
            address=f"{one.address}/{one.prefix_length}" if one.address else "",
            address6=f"{one.address6}/{one.prefix_length6}" if one.address6 else "",
        )
        for container, one in attached_to(engine, network)
        if container.is_attached
    ]
