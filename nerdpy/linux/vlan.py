"""Interfaces to build on: VLANs (802.1Q) of another interface, and dummies, which lead nowhere."""

import struct

from nerdpy.linux.netlink import acknowledged, attribute, index_of, message, opened, set_link_up

_NEWLINK = 16
_REQUEST, _ACK, _EXCLUSIVE, _CREATE = 1, 4, 0x200, 0x400
_IFLA_IFNAME, _IFLA_LINK, _IFLA_LINKINFO = 3, 5, 18
_IFLA_INFO_KIND, _IFLA_INFO_DATA = 1, 2
_IFLA_VLAN_ID = 1


def make_vlan(name: str, parent: str, number: int) -> None:
    """The VLAN `number` of `parent`, up; OSError: EEXIST, or EOPNOTSUPP where the kernel has no VLANs."""
    _make(name, vlan_request(name, index_of(parent), number))


def make_dummy(name: str) -> None:
    """An interface that swallows what is sent; OSError as above."""
    _make(name, dummy_request(name))


def vlan_request(name: str, parent: int, number: int) -> bytes:
    """Attributes of the link (rtnetlink(7); linux/if_link.h)."""
    data = attribute(_IFLA_INFO_DATA, attribute(_IFLA_VLAN_ID, struct.pack("=H", number)))
    kind = attribute(_IFLA_LINKINFO, attribute(_IFLA_INFO_KIND, b"vlan") + data)
    return attribute(_IFLA_IFNAME, name.encode() + b"\0") + _link(parent) + kind


def dummy_request(name: str) -> bytes:
    """Attributes of the link."""
    kind = attribute(_IFLA_LINKINFO, attribute(_IFLA_INFO_KIND, b"dummy"))
    return attribute(_IFLA_IFNAME, name.encode() + b"\0") + kind


def _link(index: int) -> bytes:
    return attribute(_IFLA_LINK, struct.pack("=I", index))


def _make(name: str, wanted: bytes) -> None:
    flags = _REQUEST | _ACK | _EXCLUSIVE | _CREATE
    with opened() as link:
        acknowledged(link, message(_NEWLINK, flags, struct.pack("=BxHiII", 0, 0, 0, 0, 0) + wanted))
    set_link_up(name)
