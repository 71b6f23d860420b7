"""The addresses and routes of this network namespace, for whoever needs a subnet that is free."""

import socket
import struct
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_interface, ip_network

from nerdpy.dataclass import dataclass
from nerdpy.linux.netlink import attributes, dumped, opened

_GETADDR, _GETROUTE = 22, 26
_IFA_ADDRESS = 1
_RTA_DST, _RTA_TABLE = 1, 15
_TABLE_LOCAL = 255


@dataclass(frozen=True)
class InterfaceAddress:
    """One address of one interface."""

    index: int
    address: IPv4Interface | IPv6Interface


def addresses() -> list[InterfaceAddress]:
    """Every address of every interface here."""
    found = []
    with opened() as link:
        for body in dumped(link, _GETADDR, struct.pack("=BBBBi", 0, 0, 0, 0, 0)):
            family, length, _, _, index = struct.unpack_from("=BBBBi", body)
            data = dict(attributes(body[8:])).get(_IFA_ADDRESS)
            if data and family in (socket.AF_INET, socket.AF_INET6):
                text = f"{socket.inet_ntop(family, data)}/{length}"
                found.append(InterfaceAddress(index, ip_interface(text)))
    return found


def routes() -> list[IPv4Network | IPv6Network]:
    """The destination of every route here but the default ones and the kernel's table `local`."""
    found = []
    with opened() as link:
        for body in dumped(link, _GETROUTE, struct.pack("=BBBBBBBBI", *([0] * 9))):
            family, length, _, _, table = struct.unpack_from("=BBBBB", body)
            given = dict(attributes(body[12:]))
            if _RTA_TABLE in given:
                table = struct.unpack("=I", given[_RTA_TABLE])[0]
            data = given.get(_RTA_DST)
            if data and length and table != _TABLE_LOCAL and family in (socket.AF_INET, socket.AF_INET6):
                found.append(ip_network(f"{socket.inet_ntop(family, data)}/{length}", strict=False))
    return found
