"""Pure: which networks a container asks for, and what of each: in its labels and out of them.

nerdctl's labels tell the names, and the addresses asked for on the first network; ENDPOINTS holds all that is
asked for on every one.
"""

import json
from collections.abc import Mapping, Sequence

from nerdpy import labels
from nerdpy.errors import InvalidArgument
from nerdpy.model.network_flag import NetworkRequest, request_json, request_of
from nerdpy.model.records import ContainerRecord


def networks_of(record: ContainerRecord) -> list[str]:
    """The networks asked for, from the label."""
    try:
        value = json.loads(record.labels.get(labels.NETWORKS, "[]"))
    except ValueError:
        return []
    return [str(name) for name in value] if isinstance(value, list) else []


def requests_of(record: ContainerRecord) -> tuple[NetworkRequest, ...]:
    """What is asked of each network, in their order; also of containers of nerdctl and of older ones."""
    names = networks_of(record)
    kept = _kept(record.labels)
    if not kept and names:
        kept[names[0]] = NetworkRequest(
            name=names[0],
            aliases=tuple(labels.unpacked(labels.ALIASES, record.labels, [])),
            ip=record.labels.get(labels.IP, ""),
            ip6=record.labels.get(labels.IP6, ""),
            mac_address=record.labels.get(labels.MAC_ADDRESS, ""),
        )
    return tuple(kept.get(name) or NetworkRequest(name=name) for name in names)


def endpoint_labels(requests: Sequence[NetworkRequest]) -> dict[str, str]:
    """Every label that says so; InvalidArgument when the names alone are too long for theirs."""
    networks = json.dumps([request.name for request in requests])
    if len(labels.NETWORKS) + len(networks) > labels.LIMIT:
        raise InvalidArgument(
            f"{len(requests)} networks are too many for one container",
            hint=f"their names hold at most {labels.LIMIT} bytes together",
        )
    first = requests[0] if requests else NetworkRequest(name="")
    given = {
        labels.NETWORKS: networks,
        labels.IP: first.ip,
        labels.IP6: first.ip6,
        labels.MAC_ADDRESS: first.mac_address,
    }
    said = [request_json(request) for request in requests if not request.is_plain]
    more = labels.packed(labels.ENDPOINTS, said) if said else {}
    return {key: value for key, value in given.items() if value} | more


def label_changes(old: Mapping[str, str], requests: Sequence[NetworkRequest]) -> dict[str, str | None]:
    """What is to be written over a container's labels, None for one that goes."""
    ours = (labels.NETWORKS, labels.IP, labels.IP6, labels.MAC_ADDRESS)
    chunked = (f"{labels.ENDPOINTS}.", f"{labels.ALIASES}.")
    gone = {key: None for key in old if key in ours or key.startswith(chunked)}
    return gone | endpoint_labels(requests)


def _kept(found: Mapping[str, str]) -> dict[str, NetworkRequest]:
    try:
        requests = [request_of(one) for one in labels.unpacked(labels.ENDPOINTS, found, [])]
    except (TypeError, ValueError):
        return {}
    return {request.name: request for request in requests}
