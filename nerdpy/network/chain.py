"""From a network's conflist to the configurations that one container's plugins are given."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nerdpy.cni.client import Cni
from nerdpy.cni.conflist import CNI_VERSION, Network
from nerdpy.engine import Engine
from nerdpy.model.ports import PortMapping
from nerdpy.network.attachment import Link
from nerdpy.network.find import DEFAULT_NAME

if TYPE_CHECKING:
    from nerdpy.network.attach import AttachmentRequest

DEFAULT_ROUTES = ("0.0.0.0/0", "::/0")


def planned(network: Network, number: int, request: "AttachmentRequest") -> Link:
    """What the plugins of the container's `number`th network are to be told."""
    capabilities = _capabilities(request) if number == 0 else {}
    plugins = []
    for plugin in network.plugins:
        configuration = dict(plugin)
        supported = configuration.pop("capabilities", None) or {}
        wanted = {key: value for key, value in capabilities.items() if supported.get(key) and value}
        if wanted:
            configuration["runtimeConfig"] = wanted
        if number:
            configuration = _without_default_route(configuration)
        configuration["name"] = network.name
        configuration["cniVersion"] = network.content.get("cniVersion") or CNI_VERSION
        plugins.append(configuration)
    return Link(
        name=network.name,
        network_id=network.id,
        is_default=network.is_default or network.name == DEFAULT_NAME,
        interface=f"eth{number}",
        plugins=plugins,
        arguments=_arguments(request, number),
    )


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
    """Plugins that call iptables get in each other's way: one container at a time, as nerdctl has it."""
    with cni.alone():
        yield


def publish(engine: Engine, owner: str, link: Link, ports: Sequence[PortMapping]) -> None:
    raise NotImplementedError


def unpublish(engine: Engine, owner: str, link: Link, ports: Sequence[PortMapping]) -> None:
    raise NotImplementedError


def _capabilities(request: "AttachmentRequest") -> dict[str, Any]:
    return {
        "portMappings": port_capability(request.ports),
        "ips": [address for address in (request.ip6, request.ip) if address] if request.ip6 else [],
        "mac": request.mac_address,
    }


def _arguments(request: "AttachmentRequest", number: int) -> dict[str, str]:
    arguments = {"IgnoreUnknown": "1", "NERDCTL_CNI_DHCP_HOSTNAME": request.names.hostname}
    if number == 0 and not request.ip6:
        arguments["IP"] = request.ip
    if number == 0:
        arguments["MAC"] = request.mac_address
    return {key: value for key, value in arguments.items() if value}


def _without_default_route(configuration: dict[str, Any]) -> dict[str, Any]:
    """The first network alone gives the default route."""
    configuration.pop("isDefaultGateway", None)
    ipam = configuration.get("ipam")
    if isinstance(ipam, dict) and ipam.get("routes"):
        routes = [route for route in ipam["routes"] if route.get("dst") not in DEFAULT_ROUTES]
        configuration["ipam"] = ipam | {"routes": routes}
    return configuration
