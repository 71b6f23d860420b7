"""Pure: `-o KEY=VALUE` of `network create` (and `default_network_opts`), in docker's names or nerdctl's."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address

from nerdpy import errors
from nerdpy.cni.conflist import GATEWAY_MODES
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.pairs import parse_switch

DRIVERS = ("bridge", "macvlan", "ipvlan")
_BRIDGE = "com.docker.network.bridge."
_MTU = "com.docker.network.driver.mtu"
_PREFIX = "com.docker.network.container_iface_prefix"
_ENABLES = ("com.docker.network.enable_ipv4", "com.docker.network.enable_ipv6")
_KNOWN = {
    "bridge": {
        "mtu": _MTU,
        "ip-masq": f"{_BRIDGE}enable_ip_masquerade",
        "icc": f"{_BRIDGE}enable_icc",
        "name": f"{_BRIDGE}name",
        "host_binding_ipv4": f"{_BRIDGE}host_binding_ipv4",
        "gateway_mode_ipv4": f"{_BRIDGE}gateway_mode_ipv4",
        "gateway_mode_ipv6": f"{_BRIDGE}gateway_mode_ipv6",
        "inhibit_ipv4": f"{_BRIDGE}inhibit_ipv4",
    },
    "macvlan": {"parent": "parent", "mode": "macvlan_mode", "mtu": _MTU},
    "ipvlan": {"parent": "parent", "mode": "ipvlan_mode", "ipvlan_flag": "ipvlan_flag", "mtu": _MTU},
}
"""Of each driver: the short names (nerdctl's where it has one) -> docker's."""
MODES = {"macvlan": ("bridge", "vepa", "passthru", "private"), "ipvlan": ("l2", "l3", "l3s")}
_REFUSED = {
    "host": 'there is one network with the driver "host", and it is called so',
    "null": 'there is one network with the driver "null": none',
    "none": 'there is one network with the driver "null": none',
    "overlay": 'network driver "overlay" is for swarm, which nerdpy has not',
}
_HOST_ADDRESS = "containers go out under the address of the interface by which they leave"
_NOT_BUILT = {
    "com.docker.network.host_ipv4": _HOST_ADDRESS,
    "com.docker.network.host_ipv6": _HOST_ADDRESS,
    f"{_BRIDGE}trusted_host_interfaces": "what is open to outsiders is chosen by gateway_mode_ipv4 and _ipv6",
}
"""Options that docker's bridges have: what there is instead."""
_LEAST_MTU, _GREATEST_MTU = 68, 65535


@dataclass(frozen=True, kw_only=True)
class DriverOptions:
    """What `-o` says, checked."""

    mtu: int = 0
    masquerades: bool = True
    isolates: bool = False
    """icc=false: containers of this network don't reach each other."""
    bridge: str = ""
    inhibits_ipv4: bool = False
    """The bridge gets no IPv4 address: somebody else on it is the containers' gateway."""
    gateway_modes: tuple[str, str] = ("nat", "nat")
    """Of IPv4 and of IPv6."""
    parent: str = ""
    mode: str = ""
    enables_ipv4: bool = True
    enables_ipv6: bool = False
    given: dict[str, str] = field(default_factory=dict)
    """As it was given, in docker's names."""


def parse_driver_options(
    driver: str, texts: Sequence[str], defaults: Mapping[str, str] | None = None
) -> DriverOptions:
    """`-o KEY=VALUE`; a key that the driver doesn't know is an error. `defaults` count where it is silent."""
    if driver not in DRIVERS:
        why = _REFUSED.get(driver, f'network driver "{driver}" is not known')
        raise InvalidArgument(why, hint=f"use {', '.join(DRIVERS)}")
    found: dict[str, str] = {}
    for key, value in (defaults or {}).items():
        found[_full_name(driver, key, "default_network_opts: ")] = value
    for text in texts:
        key, _, value = text.partition("=")
        found[_full_name(driver, key)] = value
    return _checked(driver, found)


def option_names(driver: str) -> list[str]:
    """Every key that the driver knows, docker's names after the short ones; none for a driver unknown."""
    known = _KNOWN.get(driver, {})
    return [*dict.fromkeys((*known, *known.values())), *((_PREFIX, *_ENABLES) if known else ())]


def _checked(driver: str, found: dict[str, str]) -> DriverOptions:
    _check_prefix(found.get(_PREFIX, ""))
    _check_binding(found.get(f"{_BRIDGE}host_binding_ipv4", ""))
    return DriverOptions(
        mtu=_mtu(found.get(_MTU, "")),
        masquerades=_switch(found, f"{_BRIDGE}enable_ip_masquerade", True),
        isolates=not _switch(found, f"{_BRIDGE}enable_icc", True),
        bridge=_interface(found.get(f"{_BRIDGE}name", "")),
        inhibits_ipv4=_switch(found, f"{_BRIDGE}inhibit_ipv4", False),
        gateway_modes=(_gateway_mode(found, 4), _gateway_mode(found, 6)),
        parent=_parent(driver, found.get("parent", "")),
        mode=_mode(driver, found),
        enables_ipv4=_switch(found, _ENABLES[0], True),
        enables_ipv6=_switch(found, _ENABLES[1], False),
        given=found,
    )


def _full_name(driver: str, key: str, where: str = "") -> str:
    known = _KNOWN[driver]
    if key in known:
        return known[key]
    if key in known.values() or key in (*_ENABLES, _PREFIX):
        return key
    if driver == "bridge" and key in _NOT_BUILT:
        raise errors.NotImplemented(f'{where}docker\'s option "{key}" is not built', hint=_NOT_BUILT[key])
    raise UsageError(
        f'{where}driver "{driver}" has no option "{key}"', hint=f"it has {', '.join((*known, _PREFIX))}"
    )


def _switch(found: Mapping[str, str], key: str, default: bool) -> bool:
    return parse_switch(found[key], key) if found.get(key) else default


def _mtu(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()):
        raise InvalidArgument(f'mtu "{text}" is no number')
    number = int(text)
    if number and not _LEAST_MTU <= number <= _GREATEST_MTU:
        raise InvalidArgument(f"mtu {number} is not between {_LEAST_MTU} and {_GREATEST_MTU}")
    return number


def _gateway_mode(found: Mapping[str, str], version: int) -> str:
    mode = found.get(f"{_BRIDGE}gateway_mode_ipv{version}") or GATEWAY_MODES[0]
    if mode not in GATEWAY_MODES:
        raise InvalidArgument(f'there is no gateway mode "{mode}"', hint=f"use {', '.join(GATEWAY_MODES)}")
    return mode


def _mode(driver: str, found: Mapping[str, str]) -> str:
    flag = found.get("ipvlan_flag") or "bridge"
    if flag != "bridge":
        raise InvalidArgument(
            f'ipvlan_flag "{flag}" is not possible: the CNI plugin ipvlan makes bridges only',
            hint="leave it out, or use macvlan with the mode private or vepa",
        )
    mode = found.get(f"{driver}_mode", "")
    if mode and mode not in MODES[driver]:
        raise InvalidArgument(
            f'driver "{driver}" has no mode "{mode}"', hint=f"use {', '.join(MODES[driver])}"
        )
    return mode


def _check_binding(text: str) -> None:
    try:
        IPv4Address(text or "0.0.0.0")
    except ValueError as error:
        raise InvalidArgument(f'host_binding_ipv4 "{text}" is no IPv4 address') from error


def _check_prefix(text: str) -> None:
    _interface(text)
    if len(text) > 12 or text[-1:].isdecimal() or text == "lo":
        raise InvalidArgument(
            f'container_iface_prefix "{text}" leaves no room for a number',
            hint="at most 12 letters, as in net",
        )


def _parent(driver: str, text: str) -> str:
    if text == "lo":
        raise InvalidArgument(f"the loopback interface cannot be the parent of {driver} interfaces")
    return _interface(text)


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
