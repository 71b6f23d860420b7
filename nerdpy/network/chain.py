"""From a network's conflist to the configurations that one container's plugins are given."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from nerdpy.cni.client import Cni
from nerdpy.cni.conflist import CNI_VERSION, Network
from nerdpy.engine import Engine
from nerdpy.linux.netlink import index_of
from nerdpy.linux.netns import is_pinned
from nerdpy.model.ports import PortMapping
from nerdpy.network import rules
from nerdpy.network.attachment import Link
from nerdpy.network.find import DEFAULT_NAME
from nerdpy.network.rules import (
    is_replaced,
    loaded,
    open_loopback,
    planned_rules,
    possible,
    published,
    put_up,
    saved,
)
from nerdpy.network.tags import pin_of, tag_of

if TYPE_CHECKING:
    from nerdpy.network.attach import AttachmentRequest

DEFAULT_ROUTES = ("0.0.0.0/0", "::/0")


def planned(network: Network, number: int, request: "AttachmentRequest") -> Link:
    """What is to be done for the container's `number`th network, and what its plugins are to be told."""
    capabilities = _capabilities(request) if number == 0 else {}
    own = planned_rules(network)
    plugins = [
        _configuration(network, plugin, capabilities, is_first=number == 0)
        for plugin in network.plugins
        if own is None or not is_replaced(plugin)
    ]
    if own is not None:
        plugins[0].pop("ipMasq", None)
    return Link(
        name=network.name,
        network_id=network.id,
        interface=f"eth{number}",
        plugins=plugins,
        arguments=_arguments(network, number, request),
        is_default=network.is_default or network.name == DEFAULT_NAME,
        publishes=number == 0 and any(plugin["type"] == "portmap" for plugin in network.plugins),
        rules=saved(own) if own is not None else None,
    )


def _configuration(
    network: Network, plugin: dict[str, Any], capabilities: dict[str, Any], *, is_first: bool
) -> dict[str, Any]:
    configuration = dict(plugin)
    supported = configuration.pop("capabilities", None) or {}
    wanted = {key: value for key, value in capabilities.items() if supported.get(key) and value}
    if wanted:
        configuration["runtimeConfig"] = wanted
    if not is_first:
        configuration = _without_default_route(configuration)
    configuration["name"] = network.name
    configuration["cniVersion"] = network.content.get("cniVersion") or CNI_VERSION
    return configuration


def port_capability(ports: Sequence[PortMapping]) -> list[dict[str, Any]]:
    """Ports in the words of the portmap plugin."""
    return [
        {
            "hostPort": port.host_port,
            "containerPort": port.container_port,
            "protocol": port.protocol,
            "hostIP": port.host_ip,
        }
        for port in ports
    ]


def decoded(answer: bytes) -> dict[str, Any] | None:
    """A plugin's result; None when it said nothing."""
    loaded: dict[str, Any] | None = json.loads(answer) if answer.strip() else None
    return loaded


@contextmanager
def guarded(cni: Cni, link: Link) -> Iterator[None]:
    """Plugins that call iptables get in each other's way: one container at a time, as nerdctl has it.

    A bridge that nobody has made yet is a reason too: its first two containers would both make it.
    """
    if link.rules is not None and index_of(str(link.rules["bridge"])):
        yield
        return
    with cni.alone():
        yield


def publish(engine: Engine, owner: str, link: Link, ports: Sequence[PortMapping]) -> None:
    """Put up what our own rules do for the network and for these ports."""
    own = loaded(link.rules or {})
    put_up(own)
    if ports and link.publishes:
        open_loopback(own.bridge)
        addresses = link.answer.addresses
        address = next((one.address for one in addresses if not one.is_ipv6), "")
        address6 = next((one.address for one in addresses if one.is_ipv6), "")
        tag = tag_of(engine, owner)
        elements = published(ports, tag, address, address6)
        rules.publish(tag, elements, lambda other: is_pinned(pin_of(engine, other)))
        udp = {port.host_port for port in ports if port.protocol == "udp"}
        if udp:
            from nerdpy.linux.conntrack import forget_udp

            forget_udp(udp)


def unpublish(engine: Engine, owner: str, link: Link, ports: Sequence[PortMapping]) -> None:
    """Take the ports down; the network's own rules stay."""
    if link.publishes and link.rules is not None:
        with suppress(OSError):
            rules.unpublish(tag_of(engine, owner), possible(ports))


def _capabilities(request: "AttachmentRequest") -> dict[str, Any]:
    return {
        "portMappings": port_capability(request.ports),
        "ips": [address for address in (request.ip6, request.ip) if address] if request.ip6 else [],
        "mac": request.mac_address,
    }


def _arguments(network: Network, number: int, request: "AttachmentRequest") -> dict[str, str]:
    arguments = {"IgnoreUnknown": "1", "NERDCTL_CNI_DHCP_HOSTNAME": request.names.hostname}
    if number == 0:
        arguments["MAC"] = request.mac_address or _steady_mac(network, request.ip)
        if not request.ip6:
            arguments["IP"] = request.ip
    return {key: value for key, value in arguments.items() if value}


def _steady_mac(network: Network, address: str) -> str:
    """A MAC address made from the IP address that was asked for.

    Otherwise a restarted container has it at once under another MAC address, and its neighbours keep sending
    to the old one: the kernel believes no change of an entry that is younger than a second.
    """
    if network.driver != "bridge" or address.count(".") != 3:
        return ""
    return "02:42:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def _without_default_route(configuration: dict[str, Any]) -> dict[str, Any]:
    """The first network alone gives the default route."""
    configuration.pop("isDefaultGateway", None)
    ipam = configuration.get("ipam")
    if isinstance(ipam, dict) and ipam.get("routes"):
        routes = [route for route in ipam["routes"] if route.get("dst") not in DEFAULT_ROUTES]
        configuration["ipam"] = ipam | {"routes": routes}
    return configuration
