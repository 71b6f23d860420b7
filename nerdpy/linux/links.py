"""The links of this network namespace, with what is written on them, and where their other ends are.

rtnetlink(7); the attributes are those of linux/if_link.h and linux/net_namespace.h.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.linux.netlink import (
    acknowledged,
    attribute,
    attributes,
    dumped,
    index_of,
    message,
    messages,
    opened,
)

_NEWLINK, _GETLINK, _GETNSID, _NEWNSID = 16, 18, 90, 88
_REQUEST, _ACK = 1, 4
_IFLA_IFNAME, _IFLA_LINKINFO, _IFLA_INFO_KIND, _IFLA_IFALIAS, _IFLA_LINK_NETNSID = 3, 18, 1, 20, 37
_NETNSA_NSID, _NETNSA_FD = 1, 3
_LONGEST = 255
"""IFALIASZ without the zero at its end."""
NOWHERE = -1


@dataclass(frozen=True)
class Seen:
    """One link, as far as its owner is concerned."""

    name: str
    kind: str
    """`veth`, `bridge`, ...; empty for hardware."""
    alias: str
    other_end: int
    """The number that this namespace knows the namespace of the other end by; NOWHERE without one."""


def all_links() -> Iterator[Seen]:
    """Every link of the calling thread's network namespace."""
    with opened() as link:
        for body in list(dumped(link, _GETLINK, struct.pack("=BxHiII", 0, 0, 0, 0, 0))):
            found = dict(attributes(body[16:]))
            info = dict(attributes(found.get(_IFLA_LINKINFO, b"")))
            number = found.get(_IFLA_LINK_NETNSID)
            yield Seen(
                name=_text(found.get(_IFLA_IFNAME)),
                kind=_text(info.get(_IFLA_INFO_KIND)),
                alias=_text(found.get(_IFLA_IFALIAS)),
                other_end=struct.unpack("=i", number)[0] if number else NOWHERE,
            )


def number_of_namespace(path: Path) -> int:
    """The number that this network namespace knows the one pinned at `path` by; NOWHERE: none of its links
    leads there, or nothing is pinned there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return NOWHERE
    try:
        with opened() as link:
            body = struct.pack("=B3x", 0) + attribute(_NETNSA_FD, struct.pack("=I", descriptor))
            link.send(message(_GETNSID, _REQUEST, body))
            for kind, answer in messages(link.recv(4096)):
                if kind == _NEWNSID:
                    return int(struct.unpack("=i", dict(attributes(answer[4:]))[_NETNSA_NSID])[0])
    finally:
        os.close(descriptor)
    return NOWHERE


def set_alias(name: str, text: str) -> None:
    """Write a text onto a link (`ip link` shows it as `alias`); OSError when there is no such link."""
    body = struct.pack("=BxHiII", 0, 0, index_of(name), 0, 0)
    with opened() as link:
        alias = attribute(_IFLA_IFALIAS, text.encode()[:_LONGEST])
        acknowledged(link, message(_NEWLINK, _REQUEST | _ACK, body + alias))


def _text(value: bytes | None) -> str:
    return (value or b"").rstrip(b"\0").decode(errors="replace")
