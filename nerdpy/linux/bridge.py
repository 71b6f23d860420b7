"""Make a bridge interface: whoever makes it has its name, and its address keeps others off the subnet."""

import ipaddress
import os
import socket
import struct
from contextlib import suppress

from nerdpy.linux.netlink import (
    acknowledged,
    attribute,
    attributes,
    dumped,
    index_of,
    message,
    opened,
    set_link_up,
)

_NEWLINK, _GETLINK, _NEWADDR = 16, 18, 20
_REQUEST, _ACK, _EXCLUSIVE, _CREATE = 1, 4, 0x200, 0x400
_IFLA_ADDRESS = 1
_LOCAL_UNICAST = b"\x02"
"""The first byte of MAC addresses that nobody was assigned (IEEE 802, "locally administered")."""
_IFLA_IFNAME, _IFLA_MTU, _IFLA_LINKINFO, _IFLA_INFO_KIND = 3, 4, 18, 1
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_IFA_F_NODAD = 2


def make_bridge(name: str, addresses: list[str], *, mtu: int = 0) -> None:
    """A bridge with these addresses (`10.4.0.1/24`), up; FileExistsError when the name is taken.

    Its MAC address is its own: a bridge without one takes the lowest of its ports, so it would change with
    the containers that come and go, and those that stay would send to the old one for some seconds.
    """
    kind = attribute(_IFLA_LINKINFO, attribute(_IFLA_INFO_KIND, b"bridge"))
    wanted = attribute(_IFLA_IFNAME, name.encode() + b"\0") + kind
    wanted += attribute(_IFLA_ADDRESS, _LOCAL_UNICAST + os.urandom(5))
    if mtu:
        wanted += attribute(_IFLA_MTU, struct.pack("=I", mtu))
    flags = _REQUEST | _ACK | _EXCLUSIVE | _CREATE
    with opened() as link:
        acknowledged(link, message(_NEWLINK, flags, struct.pack("=BxHiII", 0, 0, 0, 0, 0) + wanted))
        if any(":" in text for text in addresses):
            _allow_ipv6(name)
        for text in addresses:
            acknowledged(link, message(_NEWADDR, flags, _address(name, text)))
    set_link_up(name)


def is_bridge(name: str) -> bool:
    """Is there a bridge of this name? Asked by netlink: a mounted /sys may be of another namespace."""
    index = index_of(name)
    if not index:
        return False
    with opened() as link:
        for body in dumped(link, _GETLINK, struct.pack("=BxHiII", 0, 0, 0, 0, 0)):
            if struct.unpack_from("=BxHi", body)[2] == index:
                info = dict(attributes(body[16:])).get(_IFLA_LINKINFO, b"")
                return dict(attributes(info)).get(_IFLA_INFO_KIND, b"").rstrip(b"\0") == b"bridge"
    return False


def _allow_ipv6(name: str) -> None:
    """Machines that switch IPv6 off by default have it on interfaces that ask for it, as with docker."""
    with suppress(FileNotFoundError), open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "r+") as file:
        if file.read(1) != "0":
            file.seek(0)
            file.write("0")


def _address(name: str, text: str) -> bytes:
    interface = ipaddress.ip_interface(text)
    family = socket.AF_INET if interface.version == 4 else socket.AF_INET6
    flags = 0 if interface.version == 4 else _IFA_F_NODAD
    header = struct.pack("=BBBBi", family, interface.network.prefixlen, flags, 0, index_of(name))
    packed = interface.ip.packed
    return header + attribute(_IFA_LOCAL, packed) + attribute(_IFA_ADDRESS, packed)
