"""Pure: the address that a container asks for (`--ip`, `--ip6`): whose it is already, and how host-local is
told to give one out that lies outside the network's range.

`--ip-range` (and the holes around reserved addresses) are for containers that ask for none, as in docker;
host-local would refuse what lies outside.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Any

from nerdpy.cni.conflist import AUX_LABEL, Network, ranges_of
from nerdpy.network.pools import AnyAddress, AnyNetwork

LOCAL = "host-local"


def owner_of(network: Network, text: str) -> str:
    """Who has this address of the network from the beginning, in words that follow "is"; empty: nobody."""
    address = ip_address(text)
    for name, reserved in _reserved(network):
        if reserved == address:
            return f'reserved for "{name}" (--aux-address)'
    for subnet, gateway in _subnets(network):
        if address == gateway:
            return "the gateway's"
        if address == subnet.network_address:
            return "the subnet's own"
        if subnet.version == 4 and address == subnet.broadcast_address:
            return "the subnet's broadcast address"
    return ""


def with_room_for(network: Network, plugin: dict[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """The plugin's configuration for one container: what it asks for may lie outside of the range, unless it
    is somebody's. Files of others stay as they are: their range may be all that this machine has."""
    ipam = plugin.get("ipam")
    free = [ip_address(text) for text in wanted if text and network.id and not owner_of(network, text)]
    if not free or not ipam or ipam.get("type") != LOCAL or not ipam.get("ranges"):
        return plugin
    try:
        ranges = [_opened(parts, free) for parts in ipam["ranges"]]
    except (KeyError, TypeError, ValueError):
        return plugin  # it is the plugin's to say what is wrong with the file
    return plugin | {"ipam": ipam | {"ranges": ranges}}


def _opened(parts: list[dict[str, Any]], wanted: Iterable[AnyAddress]) -> list[dict[str, Any]]:
    """One range set of host-local; the one that has the wanted address in its subnet gives that alone."""
    for part in parts:
        for address in wanted:
            if address in ip_network(part["subnet"], strict=False):
                kept = {key: part[key] for key in ("subnet", "gateway") if key in part}
                return [kept | {"rangeStart": str(address), "rangeEnd": str(address)}]
    return parts


def _subnets(network: Network) -> Iterator[tuple[AnyNetwork, AnyAddress]]:
    """Of each range its subnet, and the gateway that host-local keeps back; what cannot be read is the
    plugin's to complain of."""
    for part in (one for plugin in network.plugins for one in ranges_of(plugin)):
        with suppress(ValueError):
            subnet = ip_network(str(part.get("subnet")), strict=False)
            yield subnet, ip_address(str(part.get("gateway") or subnet.network_address + 1))


def _reserved(network: Network) -> Iterator[tuple[str, AnyAddress]]:
    """Of --aux-address, as nerdctl's label has it: subnet -> name -> address."""
    with suppress(ValueError, AttributeError):
        for names in json.loads(network.labels.get(AUX_LABEL, "{}")).values():
            for name, text in names.items():
                yield name, ip_address(text)
