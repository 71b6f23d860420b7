"""Pure: what a CNI plugin answers (CNI specification 1.0.0, "Result Types")."""

import json
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address that the container got, with the router behind which the rest lies."""

    address: str
    prefix_length: int
    gateway: str = ""

    @property
    def is_ipv6(self) -> bool:
        """Which family it is of."""
        return ":" in self.address


@dataclass(frozen=True, kw_only=True)
class Result:
    """The answer to ADD, as far as nerdpy reads it; `content` is all of it, for DEL."""

    content: dict[str, Any]
    addresses: tuple[Address, ...] = ()
    mac_address: str = ""
    host_interfaces: tuple[str, ...] = ()
    """Interfaces outside the container's namespace: the bridge and the host's end of the veth."""
    nameservers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()


def parse_result(text: str | bytes, interface: str) -> Result:
    """The result of a plugin that was asked to make `interface`."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InvalidArgument(f"the plugin's answer is not JSON: {error}") from error
    return result_of(content, interface)


def result_of(content: dict[str, Any], interface: str) -> Result:
    """The same of a result that is decoded already; versions before 0.3.0 have other fields."""
    interfaces = content.get("interfaces") or []
    dns = content.get("dns") or {}
    own: dict[str, Any] = next(
        (one for one in interfaces if one.get("sandbox") and one.get("name") == interface), {}
    )
    return Result(
        content=content,
        addresses=tuple(_addresses(content)),
        mac_address=own.get("mac", ""),
        host_interfaces=tuple(one["name"] for one in interfaces if not one.get("sandbox") and "name" in one),
        nameservers=tuple(dns.get("nameservers") or ()),
        search=tuple(dns.get("search") or ()),
    )


def _addresses(content: dict[str, Any]) -> list[Address]:
    found = list(content.get("ips") or ())
    found += [old for key in ("ip4", "ip6") if (old := content.get(key))]
    addresses = []
    for one in found:
        address, _, length = str(one.get("address") or one.get("ip") or "").partition("/")
        if address:
            gateway = one.get("gateway") or ""
            addresses.append(Address(address=address, prefix_length=int(length or 0), gateway=gateway))
    return addresses
