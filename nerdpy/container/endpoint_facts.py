"""A container's networks for `inspect`: what it asks of each, and what it has while it runs."""

from nerdpy import labels
from nerdpy.cni.conflist import network_id
from nerdpy.container.endpoints import requests_of
from nerdpy.container.find import name_of
from nerdpy.container.look import Look
from nerdpy.dockercompat.container import EndpointFacts
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.network.attachment import NetworkAttachment, load_attachment
from nerdpy.network.find import find_network
from nerdpy.sha256 import hexdigest

_MODES = ("container:", "ns:")


def endpoints_of(engine: Engine, look: Look) -> list[EndpointFacts]:
    """One for each network that it asks for; those of a container that does not run have no addresses."""
    record = look.record
    requests = requests_of(record)
    first = requests[0].name if requests else ""
    if first in {"host", "none"}:
        return [EndpointFacts(network=first, network_id=network_id(first))]
    if first.startswith(_MODES):
        return []
    there = load_attachment(engine, record.id).networks
    found = []
    for request in requests:
        one = _attachment(engine, request.name, there)
        found.append(_facts(look, request, one))
    return found


def _attachment(engine: Engine, name: str, there: tuple[NetworkAttachment, ...]) -> NetworkAttachment:
    """What its record knows of the network; of one that it never was on, what the network's file says."""
    for one in there:
        if name == one.name or (len(name) >= 3 and one.network_id.startswith(name)):
            return one
    try:
        network = find_network(engine, name)
    except NerdpyError:
        return NetworkAttachment(name=name)
    same = (one for one in there if one.name == network.name)
    return next(same, NetworkAttachment(name=network.name, network_id=network.shown_id))


def _facts(look: Look, asked: NetworkRequest, one: NetworkAttachment) -> EndpointFacts:
    record = look.record
    names = (name_of(record), *asked.aliases, record.id[:12], record.labels.get(labels.HOSTNAME, ""))
    names = tuple(dict.fromkeys(filter(None, names))) if asked.is_user_defined else ()
    shown_id = one.network_id or network_id(one.name)  # files of others have none
    if not look.state.is_running:
        return EndpointFacts(
            network=one.name,
            network_id=shown_id,
            names=names,
            asked=asked,
            mac_address=asked.mac_address,
        )
    return EndpointFacts(
        network=one.name,
        network_id=shown_id,
        address=one.address,
        prefix_length=one.prefix_length,
        gateway=one.gateway,
        ip6=one.address6,
        ip6_prefix_length=one.prefix_length6,
        ip6_gateway=one.gateway6,
        mac_address=one.mac_address,
        endpoint_id=hexdigest(f"{record.id} {one.mac_address}"),
        names=names,
        asked=asked,
    )
