"""Who uses a network: by nerdpy's attachment records, and by containerd's labels for containers of others."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from nerdpy import labels
from nerdpy.cni.conflist import Network
from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.network.attachment import Attachment, NetworkAttachment, load_attachment

if TYPE_CHECKING:
    from nerdpy.containerd.client import Client

Usage = tuple[Attachment, NetworkAttachment]


def attachments(engine: Engine) -> Iterator[Attachment]:
    """The attachment of every container of this namespace that ever had one."""
    for container_id in engine.store.containers.ids():
        found = load_attachment(engine, container_id)
        if found.networks:
            yield found


def attached_to(engine: Engine, network: Network) -> list[Usage]:
    """The containers of this namespace on the network now."""
    return [
        (container, one)
        for container in attachments(engine)
        for one in container.networks
        if one.name == network.name and container.state != "detached"
    ]


def running_on(engine: Engine, network: Network) -> list[tuple[str, str]]:
    """Id and name of the running containers that say they use the network: `host` and `none` have no more."""
    running = _running(engine.containerd)
    return [
        (record.id, record.labels.get(labels.NAME, ""))
        for record in engine.containerd.containers.list()
        if record.id in running and names_of(network) & _wanted(record.labels)
    ]


def users_of(engine: Engine, network: Network, *, also_stopped: bool = False) -> list[str]:
    """Names (or short ids) of the containers that use the network, running ones unless asked for all; one
    that is just being made, or that a killed command has left half-made, is a user too.

    A network whose file lies in no namespace's folder is everybody's: then containers of other namespaces
    are named, with their namespace.
    """
    users = _users_here(engine, engine.containerd, network, also_stopped=also_stopped)
    for namespace in _others(engine, network):
        there = Engine(replace(engine.config, namespace=namespace), engine.notify)
        client = engine.containerd.in_namespace(namespace)
        found = _users_here(there, client, network, also_stopped=also_stopped)
        users += [f"{name} (namespace {namespace})" for name in found]
    return users


def used_names(engine: Engine) -> set[str]:
    """The names and ids of the networks that containers of this namespace refer to, running or not."""
    found = {one.name for each in attachments(engine) for one in each.networks}
    return found.union(*(_wanted(record.labels) for record in engine.containerd.containers.list()))


def names_of(network: Network) -> set[str]:
    """How containers may name it."""
    return {network.name, network.shown_id, network.shown_id[:12]}


def _users_here(engine: Engine, client: "Client", network: Network, *, also_stopped: bool) -> list[str]:
    attached = {one.container_id: one.names.name for one, _ in attached_to(engine, network)}
    running = _running(client)
    users = []
    for record in client.containers.list():
        wants = also_stopped or record.id in running
        is_attached = attached.pop(record.id, None) is not None
        if is_attached or (wants and names_of(network) & _wanted(record.labels)):
            users.append(record.labels.get(labels.NAME) or record.id[:12])
    return users + [name or container_id[:12] for container_id, name in attached.items()]


def _running(client: "Client") -> set[str]:
    tasks = client.tasks.list()
    return {task.id for task in tasks if task.status in ("running", "paused", "pausing")}


def _others(engine: Engine, network: Network) -> list[str]:
    if network.path is None or network.path.parent != engine.cni.netconf:
        return []
    names = [one.name for one in engine.containerd.namespaces.list()]
    return [name for name in names if name != engine.config.namespace]


def _wanted(container_labels: dict[str, str]) -> set[str]:
    with suppress(ValueError, TypeError):
        return set(map(str, json.loads(container_labels.get(labels.NETWORKS, "[]"))))
    return set()
