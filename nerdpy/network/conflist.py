"""Pure: options of `network create` -> conflist, in nerdctl's fields, so that each can use the other's."""

from dataclasses import dataclass, field
from typing import Any

from nerdpy.cni.conflist import CNI_VERSION, ID_FIELD, LABELS_FIELD, network_id


@dataclass(frozen=True, kw_only=True)
class BridgeOptions:
    """A network of the driver `bridge`."""

    name: str
    bridge: str = ""
    """The interface; empty: `br-` and the beginning of the id."""
    subnets: tuple[tuple[str, str], ...]
    """(subnet, gateway); an empty gateway is the subnet's first address."""
    labels: dict[str, str] = field(default_factory=dict)
    mtu: int = 0
    masquerades: bool = True
    isolates: bool = False
    """icc=false: containers of this network don't reach each other."""
    is_internal: bool = False


def build_bridge(options: BridgeOptions, *, addresses: str) -> dict[str, Any]:
    """The conflist of a bridge network; host-local keeps its books in the folder `addresses`."""
    has_ipv6 = any(":" in subnet for subnet, _ in options.subnets)
    bridge: dict[str, Any] = {
        "type": "bridge",
        "bridge": options.bridge or f"br-{network_id(options.name)[:12]}",
        "hairpinMode": True,
        "ipam": _host_local(options, addresses),
    }
    if not options.is_internal:
        bridge["isGateway"] = True
        if options.masquerades:
            bridge["ipMasq"] = True
    if options.mtu:
        bridge["mtu"] = options.mtu
    if has_ipv6:
        bridge["capabilities"] = {"ips": True}
    plugins: list[dict[str, Any]] = [bridge]
    if not options.is_internal:
        plugins.append({"type": "portmap", "capabilities": {"portMappings": True}})
    policy = "isolated" if options.isolates else "same-bridge"
    plugins += [{"type": "firewall", "ingressPolicy": policy}, {"type": "tuning"}]
    return wrapped(options.name, options.labels, plugins)


def wrapped(name: str, labels: dict[str, str], plugins: list[dict[str, Any]]) -> dict[str, Any]:
    """A conflist around the plugins."""
    return {
        "cniVersion": CNI_VERSION,
        "name": name,
        ID_FIELD: network_id(name),
        LABELS_FIELD: labels,
        "plugins": plugins,
    }


def _host_local(options: BridgeOptions, addresses: str) -> dict[str, Any]:
    ranges = []
    for subnet, gateway in options.subnets:
        part = {"subnet": subnet}
        if gateway:
            part["gateway"] = gateway
        ranges.append([part])
    ipam: dict[str, Any] = {"type": "host-local", "dataDir": addresses, "ranges": ranges}
    if not options.is_internal:
        families = [":" in subnet for subnet, _ in options.subnets]
        routes = [{"dst": "::/0" if is_ipv6 else "0.0.0.0/0"} for is_ipv6 in dict.fromkeys(families)]
        ipam["routes"] = routes
    return ipam
