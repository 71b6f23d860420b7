"""From a network's conflist to the configurations that one container's plugins are given."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from nerdpy.cni.client import Cni
from nerdpy.cni.conflist import CNI_VERSION, Network
from nerdpy.linux.netlink import index_of
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping
from nerdpy.network.attachment import ContainerNames, Link
from nerdpy.network.find import DEFAULT_NAME
from nerdpy.network.route_fields import families, without_default_routes
from nerdpy.network.rules import is_replaced, planned_rules, saved


def planned(network: Network, asked: NetworkRequest, interface: str, names: ContainerNames) -> Link:
    """What is to be done for one network of the container; `instruct` completes it."""
    own = planned_rules(network)
    plugins = [
        _configuration(network, plugin, asked)
        for plugin in network.plugins
        if own is None or not is_replaced(plugin)
    ]
    if own is not None:
        plugins[0].pop("ipMasq", None)
    return Link(
        name=network.name,
        network_id=network.id,
        interface=interface,
        plugins=plugins,
        arguments=_arguments(network, asked, names),
        is_default=network.is_default or network.name == DEFAULT_NAME,
        can_publish=any(plugin["type"] == "portmap" for plugin in network.plugins),
        aliases=list(asked.aliases),
        ip=asked.ip,
        ip6=asked.ip6,
        mac_address=asked.mac_address,
        link_local_ips=list(asked.link_local_ips),
        driver_options=dict(asked.driver_options),
        priority=asked.priority,
        families=families(network.plugins),
        rules=saved(own) if own is not None else None,
    )


def instruct(link: Link, routes: Collection[int], ports: Sequence[PortMapping]) -> None:
    """Tell its plugins which default routes they are to set (4, 6), and the ports if they lead here."""
    link.plugins = [without_default_routes(one, {4, 6} - {*routes}) for one in link.plugins]
    tell_ports(link, ports)


def tell_ports(link: Link, ports: Sequence[PortMapping]) -> None:
    """The same of the ports alone, for a plugin that publishes them."""
    for configuration in link.plugins:
        if configuration["type"] == "portmap":
            given = configuration.pop("runtimeConfig", {})
            wanted = given | {"portMappings": port_capability(ports)}
            configuration["runtimeConfig"] = {key: value for key, value in wanted.items() if value}


def _configuration(network: Network, plugin: dict[str, Any], asked: NetworkRequest) -> dict[str, Any]:
    configuration = dict(plugin)
    if asked.ip or asked.ip6:
        from nerdpy.network.asked_address import with_room_for

        configuration = dict(with_room_for(network, plugin, (asked.ip, asked.ip6)))
    supported = configuration.pop("capabilities", None) or {}
    capabilities = {
        "ips": [address for address in (asked.ip6, asked.ip) if address] if asked.ip6 else [],
        "mac": asked.mac_address,
    }
    wanted = {key: value for key, value in capabilities.items() if supported.get(key) and value}
    if wanted:
        configuration["runtimeConfig"] = wanted
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


def _arguments(network: Network, asked: NetworkRequest, names: ContainerNames) -> dict[str, str]:
    arguments = {
        "IgnoreUnknown": "1",
        "NERDCTL_CNI_DHCP_HOSTNAME": names.hostname,
        "MAC": asked.mac_address or _steady_mac(network, asked.ip),
        "IP": "" if asked.ip6 else asked.ip,
    }
    return {key: value for key, value in arguments.items() if value}


def _steady_mac(network: Network, address: str) -> str:
    """A MAC address made from the IP address that was asked for.

    Otherwise a restarted container has it at once under another MAC address, and its neighbours keep sending
    to the old one: the kernel believes no change of an entry that is younger than a second.
    """
    if network.driver != "bridge" or address.count(".") != 3:
        return ""
    return "02:42:" + ":".join(f"{int(part):02x}" for part in address.split("."))
