"""nerdpy's own firewall rules, in one table: what they do in place of three plugins, and for which networks.

For bridge networks that nerdpy or nerdctl wrote, the table `inet nerdpy` does what `ipMasq`, `portmap` and
`firewall` do with some thirty calls of iptables for each container: the rules belong to the network, and a
published port is one element of a map, tagged with its container. A port goes up in 1 ms instead of 70, and
the conflist stays what nerdctl and other tools know. Other people's networks, and machines without nft, get
the plugins themselves.
"""

import errno
import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from nerdpy.cni.conflist import Network
from nerdpy.dataclass import asdict, dataclass
from nerdpy.errors import Conflict, NerdpyError
from nerdpy.linux.flock import locked
from nerdpy.linux.nftables import (
    IPV4,
    IPV6,
    Element,
    Nftables,
    drops_forwarded,
    has_table,
    is_empty,
    run_script,
)
from nerdpy.linux.spawn import find_tool
from nerdpy.model.ports import PortMapping
from nerdpy.network.ruleset import (
    BRIDGES,
    OPEN,
    ROUTED,
    SWITCHED,
    TABLE,
    network_script,
    skeleton_script,
    withdrawal_script,
)
from nerdpy.paths import MACHINE_LOCK

_PROTOCOLS = {"tcp": 6, "udp": 17, "sctp": 132}
_ATTEMPTS = 50
_LOCALNET = "/proc/sys/net/ipv4/conf/{}/route_localnet"


@dataclass(frozen=True, kw_only=True)
class OwnRules:
    """What the table holds of one network."""

    bridge: str
    subnets: tuple[str, ...]
    masquerades: bool
    isolates: bool
    """ingressPolicy same-bridge: other bridges don't reach it."""
    is_internal: bool = False
    """Nothing passes between it and the world, whatever routes its containers set."""
    keeps_apart: bool = False
    """icc=false: the bridge keeps its ports apart, and nothing is passed back to it by way of the host."""
    mode4: str = "nat"
    """How IPv4 passes the host: one of GATEWAY_MODES (cni/conflist.py)."""
    mode6: str = "nat"

    @property
    def summary(self) -> str:
        """The comment of the bridge's element: has anything changed since it was written?"""
        flags = f"{int(self.masquerades)}{int(self.isolates)}{int(self.is_internal)}{int(self.keeps_apart)}"
        return f"{','.join(self.subnets)} {flags} {self.mode4} {self.mode6}"


def planned_rules(network: Network) -> OwnRules | None:
    """What our table can do for the network; None: let its plugins do everything."""
    if not network.id or network.driver != "bridge" or not find_tool("nft"):
        return None
    bridge, *rest = network.plugins
    firewall = next((one for one in rest if one["type"] == "firewall"), None)
    policy = firewall.get("ingressPolicy", "") if firewall else ""
    subnets = tuple(network.subnets())
    is_ours = (
        (bridge.get("ipam") or {}).get("type") == "host-local"
        and subnets
        and (policy in ("", "same-bridge") or bridge.get("portIsolation"))
        and bridge.get("ipMasqBackend", "iptables") == "iptables"
        and all(set(one) <= _UNDERSTOOD.get(one["type"], set(one)) for one in rest)
    )
    if not is_ours:
        return None
    return OwnRules(
        bridge=network.bridge,
        subnets=subnets,
        masquerades=bool(bridge.get("ipMasq")),
        isolates=policy in ("same-bridge", "isolated"),
        is_internal=network.is_internal,
        keeps_apart=policy == "isolated",
        mode4=network.gateway_mode(4),
        mode6=network.gateway_mode(6),
    )


_UNDERSTOOD = {"portmap": {"type", "capabilities", "snat"}, "firewall": {"type", "ingressPolicy"}}
"""Plugins that we stand in for, and the fields that our rules honour: any other calls for the plugin."""


def is_replaced(configuration: dict[str, Any]) -> bool:
    """Is this a plugin that our rules stand in for, or one that has nothing to do?"""
    kind = configuration["type"]
    return kind in _UNDERSTOOD or (kind == "tuning" and set(configuration) <= {"type"})


def saved(rules: OwnRules) -> dict[str, Any]:
    """For the attachment's record."""
    return asdict(rules)


def loaded(content: dict[str, Any]) -> OwnRules:
    """From the attachment's record."""
    return OwnRules(**(content | {"subnets": tuple(content["subnets"])}))


def put_up(rules: OwnRules) -> None:
    """See to it that the table knows the network; one look when it does."""
    bridge = Element(BRIDGES, rules.bridge.encode().ljust(16, b"\0"))
    with Nftables(TABLE) as table:
        known = table.comment_of(bridge)
    if known != rules.summary:
        old = withdrawal_script(parse_summary(rules.bridge, known)) if known else ""
        try:
            with locked(MACHINE_LOCK):
                run_script(skeleton() + old + network_script(rules))
        except OSError as error:
            raise NerdpyError(
                f"the firewall rules of bridge {rules.bridge} cannot be set: {error.strerror}",
                hint="does the kernel have nf_tables? `nft list ruleset` should work",
            ) from error
    pass_firewalls(rules.bridge)


def pass_firewalls(bridge: str) -> None:
    """Have others that drop what is forwarded let the bridge through; a few looks if there are none."""
    families = [family for family in (IPV4, IPV6) if drops_forwarded(family)]
    is_distrusted = has_table("firewalld")
    if families or is_distrusted:
        from nerdpy.network import forwarding

        if families:
            forwarding.let_through(bridge, families)
        if is_distrusted:
            forwarding.trust(bridge)


def skeleton() -> str:
    """The script that makes the table, or sets its chains right, on this machine."""
    return skeleton_script(has_localnet=os.access(_LOCALNET.format("all"), os.W_OK))


def take_down(rules: OwnRules) -> None:
    """Forget the network; the table goes with the last one, unless it keeps strangers apart (`router.py`)."""
    if not has_table(TABLE):
        return
    with locked(MACHINE_LOCK), suppress(OSError):
        run_script(skeleton() + withdrawal_script(rules))
        is_needless = is_empty(TABLE, BRIDGES) and is_empty(TABLE, SWITCHED)
        run_script(f"delete table inet {TABLE}\n" if is_needless else "")


def parse_summary(bridge: str, text: str) -> OwnRules:
    """What `summary` said."""
    subnets, flags, mode4, mode6 = [*text.split(" "), "", "", ""][:4]
    return OwnRules(
        bridge=bridge,
        subnets=tuple(filter(None, subnets.split(","))),
        masquerades=flags[:1] == "1",
        isolates=flags[1:2] == "1",
        is_internal=flags[2:3] == "1",
        keeps_apart=flags[3:4] == "1",
        mode4=mode4 or "nat",
        mode6=mode6 or "nat",
    )


def published(
    ports: Sequence[PortMapping], tag: str, address: str, address6: str, modes: Sequence[str] = ("", "")
) -> list[Element]:
    """The elements that lead these ports to the container with these addresses, or open them there; `modes`
    are the network's gateway modes of IPv4 and IPv6."""
    elements = []
    for is_ipv6, target, mode in ((False, address, modes[0]), (True, address6, modes[1])):
        if target and mode == ROUTED:
            elements += [_opened(port, target, tag) for port in ports]
        elif target:
            elements += [_element(port, is_ipv6, target, tag) for port in ports if _applies(port, is_ipv6)]
    return list(dict.fromkeys(elements))


def possible(ports: Sequence[PortMapping]) -> list[Element]:
    """The elements that may lead these ports anywhere, whatever the container's addresses were."""
    return [
        _element(port, is_ipv6, "", "")
        for port in ports
        for is_ipv6 in (False, True)
        if _applies(port, is_ipv6)
    ]


def publish(owner: str, elements: Sequence[Element], is_alive: Callable[[str], bool]) -> None:
    """Let the ports lead to the container with the tag `owner`.

    We hold the sockets of these ports, so an element that is there already is left of a container that is
    gone, or about to go: the former gives way, the latter is waited for.
    """
    if not elements:
        return
    with Nftables(TABLE) as table:
        try:
            table.change(add=elements)
            return
        except FileExistsError:
            _take_over(table, owner, elements, is_alive)
        except OSError as error:
            raise NerdpyError(f"the ports cannot be published: {error.strerror}") from error


def _take_over(
    table: Nftables, owner: str, elements: Sequence[Element], is_alive: Callable[[str], bool]
) -> None:
    tag = None
    for _ in range(_ATTEMPTS):
        generation = table.generation()
        there = {one: tag for one in elements if (tag := table.comment_of(one)) is not None}
        tag = next((tag for tag in there.values() if tag != owner and is_alive(tag)), None)
        if tag is not None:
            time.sleep(0.02)
            continue
        try:
            table.change(remove=list(there), add=elements, generation=generation)
            return
        except (InterruptedError, FileNotFoundError):
            continue
    raise Conflict(
        f"a published port still leads to {tag}", hint="is that container's monitor gone? restart it"
    )


def unpublish(owner: str, elements: Sequence[Element], sets: Sequence[str] = ()) -> None:
    """Take away those of the elements, and of all in these sets, that carry our tag; a port may have found a
    new owner already."""
    with Nftables(TABLE) as table:
        for _ in range(_ATTEMPTS):
            generation = table.generation()
            own = [one for one in elements if table.comment_of(one) == owner]
            own += [one for name in sets for one in table.elements(name) if one.comment == owner]
            try:
                table.change(remove=own, generation=generation)
                return
            except (InterruptedError, FileNotFoundError):
                continue


def _applies(port: PortMapping, is_ipv6: bool) -> bool:
    return bool(port.host_port) and (not port.host_ip or (":" in port.host_ip) == is_ipv6)


def _opened(port: PortMapping, target: str, owner: str) -> Element:
    """The container's port at its own address."""
    is_ipv6 = ":" in target
    key = socket.inet_pton(socket.AF_INET6 if is_ipv6 else socket.AF_INET, target)
    return Element(OPEN[is_ipv6], key + _key(port.protocol, port.container_port), comment=owner)


def _key(protocol: str, port: int) -> bytes:
    return bytes([_PROTOCOLS[protocol], 0, 0, 0]) + port.to_bytes(2, "big") + b"\0\0"


def _element(port: PortMapping, is_ipv6: bool, target: str, owner: str) -> Element:
    family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
    host = socket.inet_pton(family, port.host_ip) if port.host_ip else b""
    key = _key(port.protocol, port.host_port)
    data = b""
    if target:
        data = socket.inet_pton(family, target) + port.container_port.to_bytes(2, "big") + b"\0\0"
    is_any = not host.strip(b"\0")
    name = ("any" if is_any else "host") + ("6" if is_ipv6 else "4")
    return Element(name, key if is_any else host + key, data, owner)


def open_loopback(bridge: str) -> None:
    """Let 127.0.0.1 on the host reach published ports; our table keeps the bridge's guests out of 127/8."""
    try:
        with open(_LOCALNET.format(bridge), "r+") as file:
            if file.read(1) != "1":
                file.seek(0)
                file.write("1")
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EROFS, errno.EACCES):
            raise
