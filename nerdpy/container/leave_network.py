"""Disconnect a container from one of its networks, running or not; and finish what a killed `network connect`
or `disconnect` has begun."""

from contextlib import suppress

from nerdpy.container.endpoints import label_changes, networks_of, requests_of
from nerdpy.container.find import find, shown_as
from nerdpy.container.join_network import (
    is_of,
    refuse_mode,
    refuse_unless_ours,
    release_ports,
    remember_ports,
    settled,
)
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, NotFound
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.records import ContainerRecord
from nerdpy.network.attach import load_attachment
from nerdpy.network.disconnect import disconnect, keep_only
from nerdpy.network.find import find_network
from nerdpy.network.names import refresh_hosts
from nerdpy.store.intents import Intent

DISCONNECT = "disconnect"
"""The operation of its intent."""


def leave_network(engine: Engine, network: str, container: str, *, force: bool = False) -> None:
    """Forget the network in the container's labels, and take its interface away where it runs.

    Errors: NotFound, Conflict when it is not connected. With `force` neither the network's file nor the
    container need be there: what its record knows goes.
    """
    try:
        record = find(engine, container)
    except NotFound:
        if force and _leave_stale(engine, network, container):
            return
        raise
    with settled(engine, record.id) as look:
        record = look.record
        refuse_unless_ours(engine, look)
        requests = requests_of(record)
        refuse_mode(requests, shown_as(record))
        request = _request(engine, network, record, force=force)
        name = _name(engine, request.name)
        intent = engine.store.intents.begin(DISCONNECT, record.id, network=name)
        changes = label_changes(record.labels, [one for one in requests if one.name != request.name])
        engine.containerd.containers.update(record.id, labels=changes)
        finish_links(engine, find(engine, record.id), gone=name)
        intent.done()


def finish_change(engine: Engine, intent: Intent) -> None:
    """What a dead `connect` or `disconnect` left: the labels tell which networks the container is to have."""
    try:
        record = engine.containerd.containers.get(intent.container_id)
    except NotFound:
        return
    network = str(intent.facts.get("network", ""))
    finish_links(engine, record, gone=network)
    refresh_hosts(engine, record.id, left=[network])  # its interface was gone, and nobody told yet


def finish_links(engine: Engine, record: ContainerRecord, *, gone: str) -> None:
    """Take away the interface on `gone`, unless the labels name that network; ports follow, or are free."""
    names = {_name(engine, name) for name in networks_of(record)}
    attachment = load_attachment(engine, record.id)
    known = {one.name for one in attachment.networks}
    is_published = keep_only(engine, record.id, known - ({gone} - names))
    if attachment.is_attached and attachment.ports and not is_published:
        release_ports(engine, record.id)
    if attachment.is_attached:
        remember_ports(engine, record.id)


def _request(engine: Engine, network: str, record: ContainerRecord, *, force: bool) -> NetworkRequest:
    """The container's request that is meant."""
    requests = requests_of(record)
    try:
        found = find_network(engine, network)
    except NotFound as error:
        if not force:
            shown = shown_as(record)
            hint = f"forget one that is gone with `nerdpy network disconnect --force {network} {shown}`"
            raise NotFound(error.message, hint=hint) from error
        match = next((one for one in requests if one.name == network), None)
    else:
        match = next((one for one in requests if is_of(found, one)), None)
        network = found.name
    if match is None:
        raise Conflict(
            f"container {shown_as(record)} is not connected to network {network}",
            hint=f"see `nerdpy inspect {shown_as(record)}`",
        )
    return match


def _name(engine: Engine, text: str) -> str:
    """The network's own name, where the container was made with an id; as it is where its file is gone."""
    with suppress(NotFound):
        return find_network(engine, text).name
    return text


def _leave_stale(engine: Engine, network: str, container: str) -> bool:
    """A record in a folder whose container is gone: says whether there was one."""
    folders = engine.store.containers.ids()
    for container_id in set(folders) - {record.id for record in engine.containerd.containers.list()}:
        attachment = load_attachment(engine, container_id)
        is_meant = container and (container == attachment.names.name or container_id.startswith(container))
        if is_meant and any(one.name == network for one in attachment.networks):
            disconnect(engine, container_id, network)
            return True
    return False
