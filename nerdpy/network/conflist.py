"""Pure: options of `network create` -> conflist, in nerdctl's fields, so that each can use the other's."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from nerdpy.cni.conflist import CNI_VERSION, ID_FIELD, LABELS_FIELD, network_id
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.pairs import parse_switch
from nerdpy.network.pools import Pool

AUX_LABEL = "nerdctl/network-aux-addresses"
DRIVERS = ("bridge", "macvlan", "ipvlan")
_NAMES = {
    "com.docker.network.driver.mtu": "mtu",
    "com.docker.network.bridge.enable_ip_masquerade": "ip-masq",
    "com.docker.network.bridge.enable_icc": "icc",
    "com.docker.network.bridge.name": "name",
    "macvlan_mode": "mode",
    "ipvlan_mode": "mode",
}
"""docker's names of driver options -> nerdctl's."""
_KNOWN = {
    "bridge": ("mtu", "ip-masq", "icc", "name"),
    "macvlan": ("parent", "mode", "mtu"),
    "ipvlan": ("parent", "mode", "mtu"),
}
_MODES = {"macvlan": ("bridge",), "ipvlan": ("l2", "l3")}


@dataclass(frozen=True, kw_only=True)
class DriverOptions:
    """What `-o` says, checked."""

    mtu: int = 0
    masquerades: bool = True
    isolates: bool = False
    """icc=false: containers of this network don't reach each other."""
    bridge: str = ""
    parent: str = ""
    mode: str = ""


@dataclass(frozen=True, kw_only=True)
class ConflistOptions:
    """Everything that a network's file says."""

    name: str
    driver: Literal["bridge", "macvlan", "ipvlan"] = "bridge"
    pools: tuple[Pool, ...] = ()
    options: DriverOptions = field(default_factory=DriverOptions)
    labels: dict[str, str] = field(default_factory=dict)
    is_internal: bool = False


def parse_driver_options(driver: str, texts: Sequence[str]) -> DriverOptions:
    """`-o KEY=VALUE`, with docker's or nerdctl's keys; one that the driver doesn't know is an error."""
    if driver not in DRIVERS:
        raise InvalidArgument(f'network driver "{driver}" is not known', hint=f"use {', '.join(DRIVERS)}")
    found: dict[str, str] = {}
    for text in texts:
        key, _, value = text.partition("=")
        key = _NAMES.get(key, key)
        if key not in _KNOWN[driver]:
            raise UsageError(
                f'driver "{driver}" has no option "{text.partition("=")[0]}"',
                hint=f"it has {', '.join(_KNOWN[driver])}",
            )
        found[key] = value
    mode = found.get("mode", "")
    if mode and mode not in _MODES.get(driver, ()):
        raise InvalidArgument(
            f'driver "{driver}" has no mode "{mode}"', hint=f"use {' or '.join(_MODES[driver])}"
        )
    mtu = found.get("mtu", "0")
    if not mtu.isdecimal():
        raise InvalidArgument(f'mtu "{mtu}" is no number')
    return DriverOptions(
        mtu=int(mtu),
        masquerades=parse_switch(found.get("ip-masq") or "true", "ip-masq"),
        isolates=not parse_switch(found.get("icc") or "true", "icc"),
        bridge=_interface(found.get("name", "")),
        parent=_interface(found.get("parent", "")),
        mode=mode,
    )


def build_conflist(options: ConflistOptions, *, addresses: str) -> dict[str, Any]:
    """The network's file; host-local keeps its books in the folder `addresses`."""
    build = _bridge_plugins if options.driver == "bridge" else _vlan_plugins
    return {
        "cniVersion": CNI_VERSION,
        "name": options.name,
        ID_FIELD: network_id(options.name),
        LABELS_FIELD: options.labels | _aux_label(options.pools),
        "plugins": build(options, addresses),
    }


def bridge_name(options: ConflistOptions) -> str:
    """The interface: as asked, or `br-` and the beginning of the id, as docker and nerdctl have it."""
    return options.options.bridge or f"br-{network_id(options.name)[:12]}"


def _bridge_plugins(options: ConflistOptions, addresses: str) -> list[dict[str, Any]]:
    bridge: dict[str, Any] = {"type": "bridge", "bridge": bridge_name(options)}
    if not options.is_internal:
        bridge["isGateway"] = True
        if options.options.masquerades:
            bridge["ipMasq"] = True
    if options.options.mtu:
        bridge["mtu"] = options.options.mtu
    bridge |= {"hairpinMode": True, "ipam": _host_local(options, addresses)}
    bridge |= _ips_capability(options)
    policy = "isolated" if options.options.isolates else "same-bridge"
    plugins = [bridge]
    if not options.is_internal:
        plugins.append({"type": "portmap", "capabilities": {"portMappings": True}})
    return [*plugins, {"type": "firewall", "ingressPolicy": policy}, {"type": "tuning"}]


def _vlan_plugins(options: ConflistOptions, addresses: str) -> list[dict[str, Any]]:
    plugin: dict[str, Any] = {"type": options.driver}
    if options.options.parent:
        plugin["master"] = options.options.parent
    plugin["mode"] = options.options.mode or _MODES[options.driver][0]
    if options.options.mtu:
        plugin["mtu"] = options.options.mtu
    plugin["ipam"] = _host_local(options, addresses)
    return [plugin | _ips_capability(options)]


def _ips_capability(options: ConflistOptions) -> dict[str, Any]:
    return {"capabilities": {"ips": True}} if _families(options)[6] else {}


def _host_local(options: ConflistOptions, addresses: str) -> dict[str, Any]:
    ipam: dict[str, Any] = {"type": "host-local", "dataDir": addresses}
    if not options.is_internal:
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


def _interface(name: str) -> str:
    """A name that the kernel takes for an interface (and a shell, and a file, survive)."""
    if (
        len(name) > 15
        or not all(letter.isalnum() or letter in "-_." for letter in name)
        or name in (".", "..")
    ):
        raise InvalidArgument(
            f'"{name}" cannot be the name of an interface', hint="at most 15 letters and digits"
        )
    return name
