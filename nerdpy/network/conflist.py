"""Pure: options of `network create` -> conflist, in nerdctl's fields, so that each can use the other's."""

import json
from collections.abc import Sequence
from typing import Any

from nerdpy.cni.conflist import AUX_LABEL, CNI_VERSION, ID_FIELD, LABELS_FIELD, SETTINGS_FIELD, network_id
from nerdpy.dataclass import dataclass
from nerdpy.network.driver_options import MODES
from nerdpy.network.pools import Pool
from nerdpy.network.request import NetworkRequest

_NAT = ("nat", "nat-unprotected")


@dataclass(frozen=True, kw_only=True)
class ConflistOptions:
    """Everything that a network's file says: what was asked for, and what was found for it on the machine."""

    request: NetworkRequest
    pools: tuple[Pool, ...] = ()
    """The subnets: those asked for that are used, and those that were chosen."""
    isolates_ports: bool = False
    """icc=false by the bridge itself, in place of the plugin firewall."""
    bridge: str = ""
    """What the bridge is called where `-o` names none and the usual name is another namespace's."""
    link: str = ""
    """The interface that comes and goes with the network: its bridge, or the parent that is made for it."""

    @property
    def has_address(self) -> bool:
        """Is the host on the bridge, with the gateway's address?"""
        wishes = self.request.options
        return (
            self.request.driver == "bridge"
            and not wishes.inhibits_ipv4
            and not self.request.leases.is_dhcp
            and "isolated" not in wishes.gateway_modes
        )


def build_conflist(options: ConflistOptions, *, addresses: str) -> dict[str, Any]:
    """The network's file; host-local keeps its books in the folder `addresses`."""
    build = _bridge_plugins if options.request.driver == "bridge" else _vlan_plugins
    return {
        "cniVersion": CNI_VERSION,
        "name": options.request.name,
        ID_FIELD: network_id(options.request.name),
        LABELS_FIELD: options.request.labels | _aux_label(options.pools),
        SETTINGS_FIELD: _settings(options),
        "plugins": build(options, addresses),
    }


def bridge_name(options: ConflistOptions) -> str:
    """The interface: as asked, or `br-` and the beginning of the id, as docker and nerdctl have it."""
    return options.request.options.bridge or options.bridge or f"br-{network_id(options.request.name)[:12]}"


def spare_bridge_name(namespace: str, name: str) -> str:
    """The bridge of a network whose usual bridge belongs to a network of another namespace."""
    return f"br-{network_id(f'{namespace}/{name}')[:12]}"


def parent_name(options: ConflistOptions) -> str:
    """The parent of macvlan and ipvlan interfaces: as asked, or a dummy called as docker calls it."""
    return options.request.options.parent or f"dm-{network_id(options.request.name)[:12]}"


def _settings(options: ConflistOptions) -> dict[str, Any]:
    request = options.request
    claims = {"internal": request.is_internal, "attachable": request.is_attachable}
    noted: dict[str, Any] = {"options": request.options.given, "link": options.link}
    if request.leases.given:
        noted["ipam_options"] = request.leases.given
    return noted | {name: True for name, claim in claims.items() if claim}


def _bridge_plugins(options: ConflistOptions, addresses: str) -> list[dict[str, Any]]:
    request, wishes = options.request, options.request.options
    bridge: dict[str, Any] = {"type": "bridge", "bridge": bridge_name(options)}
    if options.has_address:
        bridge["isGateway"] = True
        if not request.is_internal and _masquerades(options):
            bridge["ipMasq"] = True
    if wishes.mtu:
        bridge["mtu"] = wishes.mtu
    bridge |= {"hairpinMode": True, "ipam": _ipam(options, addresses)}
    bridge |= _ips_capability(options)
    policy = "isolated" if wishes.isolates else "same-bridge"
    if options.isolates_ports:
        bridge["portIsolation"] = True
    plugins = [bridge]
    if not request.is_internal:
        plugins.append({"type": "portmap", "capabilities": {"portMappings": True}})
    return [*plugins, {"type": "firewall", "ingressPolicy": policy}, {"type": "tuning"}]


def _masquerades(options: ConflistOptions) -> bool:
    """For both families, as far as the plugin knows: our own rules look at each family's gateway mode."""
    families, wishes = _families(options), options.request.options
    modes = [mode for version, mode in zip((4, 6), wishes.gateway_modes, strict=True) if families[version]]
    return wishes.masquerades and any(mode in _NAT for mode in modes)


def _vlan_plugins(options: ConflistOptions, addresses: str) -> list[dict[str, Any]]:
    driver, wishes = options.request.driver, options.request.options
    plugin: dict[str, Any] = {"type": driver, "master": parent_name(options)}
    plugin["mode"] = wishes.mode or MODES[driver][0]
    if wishes.mtu:
        plugin["mtu"] = wishes.mtu
    plugin["ipam"] = _ipam(options, addresses)
    return [plugin | _ips_capability(options)]


def _ips_capability(options: ConflistOptions) -> dict[str, Any]:
    return {"capabilities": {"ips": True}} if _families(options)[6] else {}


def _ipam(options: ConflistOptions, addresses: str) -> dict[str, Any]:
    if options.request.leases.is_dhcp:
        return options.request.leases.plugin()
    ipam: dict[str, Any] = {"type": "host-local", "dataDir": addresses}
    if not options.request.is_internal:
        families = _families(options)
        defaults = ((4, "0.0.0.0/0"), (6, "::/0"))
        ipam["routes"] = [{"dst": everything} for family, everything in defaults if families[family]]
    return ipam | {"ranges": [pool.ranges() for pool in options.pools]}


def _families(options: ConflistOptions) -> dict[int, bool]:
    return {version: any(pool.subnet.version == version for pool in options.pools) for version in (4, 6)}


def _aux_label(pools: Sequence[Pool]) -> dict[str, str]:
    reserved = {
        str(pool.subnet): {name: str(one) for name, one in pool.reserved.items()}
        for pool in pools
        if pool.reserved
    }
    return {AUX_LABEL: json.dumps(reserved, separators=(",", ":"))} if reserved else {}
