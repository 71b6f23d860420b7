"""Forget UDP flows to a port: one that began before the port was published never leads to the container.

UDP has no beginning that the kernel could see: a peer that keeps sending keeps its flow, wherever that leads.
"""

import socket
import struct
from collections.abc import Collection
from contextlib import suppress

from nerdpy.linux.netlink import acknowledged, attribute, attributes, dumped, message, opened

_NETLINK_NETFILTER = 12
_GET, _DELETE = 0x101, 0x102
_REQUEST, _ACK = 1, 4
_NESTED = 0x8000
_TUPLE, _TUPLE_PROTOCOL, _NUMBER, _TARGET_PORT = 1, 2, 1, 3
_UDP = 17


def forget_udp(ports: Collection[int]) -> None:
    """Drop every UDP flow whose first packet went to one of these ports."""
    with opened(_NETLINK_NETFILTER) as link:
        for family in (socket.AF_INET, socket.AF_INET6):
            header = struct.pack(">BBH", family, 0, 0)
            for flow in [one for one in _flows(link, header) if _leads_to(one, ports)]:
                body = header + attribute(_TUPLE | _NESTED, flow)
                with suppress(FileNotFoundError):  # it has just ended by itself
                    acknowledged(link, message(_DELETE, _REQUEST | _ACK, body))


def _flows(link: socket.socket, header: bytes) -> list[bytes]:
    """The original direction of every flow."""
    return [dict(attributes(body[4:])).get(_TUPLE, b"") for body in dumped(link, _GET, header)]


def _leads_to(flow: bytes, ports: Collection[int]) -> bool:
    protocol = dict(attributes(dict(attributes(flow)).get(_TUPLE_PROTOCOL, b"")))
    if protocol.get(_NUMBER) != bytes([_UDP]):
        return False
    return int.from_bytes(protocol.get(_TARGET_PORT, b""), "big") in ports
