"""Pure: a network's conflist -> docker's JSON and the rows of `network ls`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.row import Row
from nerdpy.sha256 import hexdigest

AUX_LABEL = "nerdctl/network-aux-addresses"
DEFAULT_LABEL = "nerdctl/default-network"
_DEFAULTS = {
    "com.docker.network.bridge.default_bridge": "true",
    "com.docker.network.bridge.enable_icc": "true",
    "com.docker.network.bridge.enable_ip_masquerade": "true",
    "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
    "com.docker.network.driver.mtu": "1500",
}
"""What docker shows of its default network, where scripts look the MTU and the bridge's name up."""
COLUMNS = (("NETWORK ID", "ID"), ("NAME", "Name"), ("DRIVER", "Driver"), ("SCOPE", "Scope"))


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One container on the network."""

    container_id: str
    name: str
    mac_address: str = ""
    address: str = ""
    """With its prefix length."""
    address6: str = ""


@dataclass(frozen=True, kw_only=True)
class NetworkRow(Row):
    """One line of `network ls`."""

    ID: str
    Name: str
    Driver: str
    Scope: str
    IPv4: str
    IPv6: str
    Internal: str
    CreatedAt: str


def network_row(content: Mapping[str, Any], *, created_at: datetime, no_trunc: bool) -> NetworkRow:
    """The row of a network."""
    full = _id(content)
    subnets = [str(part.get("subnet", "")) for part in _ranges(content)]
    return NetworkRow(
        ID=full if no_trunc else full[:12],
        Name=content["name"],
        Driver=_driver(content),
        Scope="local",
        IPv4=_word(_has_ipv4(subnets)),
        IPv6=_word(any(":" in one for one in subnets)),
        Internal=_word(_is_internal(content)),
        CreatedAt=created_at.strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC") if created_at.timestamp() else "",
        LabelsMap=_labels(content),
    )


def network_json(
    content: Mapping[str, Any], *, created_at: datetime, endpoints: Sequence[Endpoint] = ()
) -> dict[str, Any]:
    """What `network inspect` prints."""
    subnets = [str(part.get("subnet", "")) for part in _ranges(content)]
    return {
        "Name": content["name"],
        "Id": _id(content),
        "Created": created_at.isoformat().replace("+00:00", "Z"),
        "Scope": "local",
        "Driver": _driver(content),
        "EnableIPv4": _has_ipv4(subnets),
        "EnableIPv6": any(":" in one for one in subnets),
        "IPAM": {
            "Driver": _ipam_driver(content),
            "Options": _noted(content, "ipam_options") or {},
            "Config": list(_ipam_config(content)),
        },
        "Internal": _is_internal(content),
        "Attachable": bool(_noted(content, "attachable")),
        "Ingress": False,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Containers": {one.container_id: _endpoint_json(one) for one in endpoints},
        "Options": _options(content),
        "Labels": _labels(content),
    }


def _endpoint_json(one: Endpoint) -> dict[str, str]:
    return {
        "Name": one.name,
        "EndpointID": hexdigest(f"{one.container_id} {one.mac_address}"),
        "MacAddress": one.mac_address,
        "IPv4Address": one.address,
        "IPv6Address": one.address6,
    }


def _first(content: Mapping[str, Any]) -> Mapping[str, Any]:
    plugins = content.get("plugins") or [{}]
    first: Mapping[str, Any] = plugins[0]
    return first


def _has_ipv4(subnets: Sequence[str]) -> bool:
    """Where nothing is said of subnets (DHCP, `host`), IPv4 is what there is."""
    return not subnets or any(":" not in one for one in subnets)


def _id(content: Mapping[str, Any]) -> str:
    """Networks that neither nerdpy nor nerdctl wrote have no id: they get what nerdctl would give them."""
    return str(content.get("nerdctlID") or hexdigest(content["name"]))


def _noted(content: Mapping[str, Any], key: str) -> Any:
    """What nerdpy has noted besides the conflist's own fields; None in networks of others."""
    noted = content.get("nerdpy")
    return noted.get(key) if isinstance(noted, Mapping) else None


def _driver(content: Mapping[str, Any]) -> str:
    return str(_first(content).get("type", ""))


def _is_internal(content: Mapping[str, Any]) -> bool:
    if content.get("nerdpy"):
        return bool(_noted(content, "internal"))
    first = _first(content)
    return first.get("type") == "bridge" and not first.get("isGateway")


def _ipam(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first plugin's section, whatever a stranger's file may hold in its place."""
    found = _first(content).get("ipam")
    return found if isinstance(found, Mapping) else {}


def _ipam_driver(content: Mapping[str, Any]) -> str:
    kind = _ipam(content).get("type", "default")
    return "default" if kind == "host-local" else str(kind)


def _ranges(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The first range of each subnet: the others are what reserved addresses have left of it."""
    ipam = _ipam(content)
    if "subnet" in ipam:
        yield ipam
    range_sets = ipam.get("ranges")
    for range_set in range_sets if isinstance(range_sets, list) else ():
        first = range_set[0] if isinstance(range_set, list) and range_set else None
        if isinstance(first, Mapping):
            yield first


def _ipam_config(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    reserved = _reserved(content)
    for part in _ranges(content):
        subnet = str(part.get("subnet", ""))
        config: dict[str, Any] = {"Subnet": subnet}
        if "ipRange" in part:
            config["IPRange"] = part["ipRange"]
        gateway = part.get("gateway") or _first_address(subnet)
        if gateway and (_first(content).get("isGateway") or not _is_internal(content)):
            config["Gateway"] = gateway
        if subnet in reserved:
            config["AuxiliaryAddresses"] = reserved[subnet]
        yield config


def _first_address(subnet: str) -> str:
    try:
        return str(ip_network(subnet, strict=False).network_address + 1)
    except ValueError:
        return ""


def _reserved(content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(_all_labels(content).get(AUX_LABEL, "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _labels(content: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in _all_labels(content).items() if key != AUX_LABEL}


def _all_labels(content: Mapping[str, Any]) -> dict[str, str]:
    found = content.get("nerdctlLabels")
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, Mapping) else {}


def _options(content: Mapping[str, Any]) -> dict[str, str]:
    """As they were given; of networks of others, and of the default one, what the plugins' fields say."""
    given = _noted(content, "options")
    is_default = _all_labels(content).get(DEFAULT_LABEL) == "true"
    if isinstance(given, Mapping) and not is_default:
        return dict(given)
    first = _first(content)
    options = dict(_DEFAULTS) if is_default and first.get("type") == "bridge" else {}
    if first.get("mtu"):
        options["com.docker.network.driver.mtu"] = str(first["mtu"])
    if first.get("type") == "bridge":
        options["com.docker.network.bridge.name"] = str(first.get("bridge", ""))
        if first.get("isGateway") and not first.get("ipMasq"):
            options["com.docker.network.bridge.enable_ip_masquerade"] = "false"
        policy = [one.get("ingressPolicy") for one in content["plugins"] if one.get("type") == "firewall"]
        if "isolated" in policy:
            options["com.docker.network.bridge.enable_icc"] = "false"
    options |= {
        key: str(first[name]) for key, name in (("parent", "master"), ("mode", "mode")) if first.get(name)
    }
    return options | (dict(given) if isinstance(given, Mapping) else {})


def _word(claim: bool) -> str:
    return "true" if claim else "false"
