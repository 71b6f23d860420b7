"""The default routes of this network namespace (rtnetlink(7)), and link-local addresses on its interfaces."""

import errno
import socket
import struct

from nerdpy.dataclass import dataclass
from nerdpy.linux.netlink import acknowledged, attribute, attributes, dumped, index_of, message, opened

_NEWADDR, _NEWROUTE, _DELROUTE, _GETROUTE = 20, 24, 25, 26
_REQUEST, _ACK, _EXCLUSIVE, _CREATE = 1, 4, 0x200, 0x400
_TABLE_MAIN, _PROTOCOL_BOOT, _SCOPE_UNIVERSE, _SCOPE_LINK, _UNICAST = 254, 3, 0, 253, 1
_RTA_OIF, _RTA_GATEWAY, _RTA_PRIORITY = 4, 5, 6
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_IFA_F_NODAD = 2
_LINK_LOCAL_BITS = {4: 16, 6: 64}
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


@dataclass(frozen=True)
class DefaultRoute:
    """One way out; `gateway` empty: straight onto the link."""

    family: int
    """4 or 6."""
    interface: int
    """Its number."""
    gateway: str
    metric: int = 0


def default_routes(family: int) -> list[DefaultRoute]:
    """Those of the main table; routes over several interfaces at once are left out."""
    found = []
    with opened() as link:
        for body in dumped(link, _GETROUTE, struct.pack("=BBBBBBBBI", _FAMILIES[family], *([0] * 8))):
            _, length, _, _, table, _, _, kind = struct.unpack_from("=BBBBBBBB", body)
            given = dict(attributes(body[12:]))
            if length or table != _TABLE_MAIN or kind != _UNICAST or _RTA_OIF not in given:
                continue
            gateway = given.get(_RTA_GATEWAY)
            found.append(
                DefaultRoute(
                    family,
                    struct.unpack("=I", given[_RTA_OIF])[0],
                    socket.inet_ntop(_FAMILIES[family], gateway) if gateway else "",
                    struct.unpack("=I", given.get(_RTA_PRIORITY, b"\0" * 4))[0],
                )
            )
    return found


def add_default_route(route: DefaultRoute) -> None:
    """One that is there already is fine."""
    try:
        with opened() as link:
            flags = _REQUEST | _ACK | _EXCLUSIVE | _CREATE
            acknowledged(link, message(_NEWROUTE, flags, _body(route)))
    except OSError as error:
        if error.errno != errno.EEXIST:
            raise


def remove_default_route(route: DefaultRoute) -> None:
    """One that is not there is fine."""
    try:
        with opened() as link:
            acknowledged(link, message(_DELROUTE, _REQUEST | _ACK, _body(route)))
    except OSError as error:
        if error.errno not in (errno.ESRCH, errno.ENODEV):
            raise


def add_link_local(interface: str, address: str) -> None:
    """Give the interface a link-local address (RFC 3927: /16, RFC 4291: /64); there already is fine."""
    family = 6 if ":" in address else 4
    packed = socket.inet_pton(_FAMILIES[family], address)
    flags = _IFA_F_NODAD if family == 6 else 0
    header = struct.pack(
        "=BBBBi", _FAMILIES[family], _LINK_LOCAL_BITS[family], flags, _SCOPE_LINK, index_of(interface)
    )
    body = header + attribute(_IFA_LOCAL, packed) + attribute(_IFA_ADDRESS, packed)
    try:
        with opened() as link:
            acknowledged(link, message(_NEWADDR, _REQUEST | _ACK | _EXCLUSIVE | _CREATE, body))
    except OSError as error:
        if error.errno != errno.EEXIST:
            raise


def _body(route: DefaultRoute) -> bytes:
    family = _FAMILIES[route.family]
    scope = _SCOPE_UNIVERSE if route.gateway or route.family == 6 else _SCOPE_LINK
    header = struct.pack("=BBBBBBBBI", family, 0, 0, 0, _TABLE_MAIN, _PROTOCOL_BOOT, scope, _UNICAST, 0)
    body = header + attribute(_RTA_OIF, struct.pack("=I", route.interface))
    if route.gateway:
        body += attribute(_RTA_GATEWAY, socket.inet_pton(family, route.gateway))
    if route.metric:
        body += attribute(_RTA_PRIORITY, struct.pack("=I", route.metric))
    return body
