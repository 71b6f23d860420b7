"""Other people's firewalls as the kernel has them: which chains drop by default, and do they know a port?"""

import struct
from collections.abc import Iterator

from nerdpy.dataclass import dataclass
from nerdpy.linux.netlink import attribute, attributes, dumped, opened

NETLINK_NETFILTER = 12
INPUT = 1
"""Where packets for the host itself pass (NF_INET_LOCAL_IN)."""
FAMILIES = {1: "inet", 2: "ip", 10: "ip6"}
_GET_CHAIN, _GET_RULE, _GET_SET, _GET_ELEMENT = 0xA04, 0xA07, 0xA0A, 0xA0D
_DROP = b"\0\0\0\0"


@dataclass(frozen=True)
class BaseChain:
    """A chain that packets come to by themselves."""

    family: str
    """`inet`, `ip` or `ip6`."""
    table: str
    name: str


def dropping_chains(hook: int) -> list[BaseChain]:
    """The base chains at this hook whose policy is to drop; one dump of the kernel's."""
    found = []
    with opened(NETLINK_NETFILTER) as link:
        for body in dumped(link, _GET_CHAIN, struct.pack(">BBH", 0, 0, 0)):
            fields = dict(attributes(body[4:]))
            where = dict(attributes(fields.get(4, b""))).get(1, b"\xff\xff\xff\xff")
            if int.from_bytes(where) == hook and fields.get(5) == _DROP and body[0] in FAMILIES:
                found.append(BaseChain(FAMILIES[body[0]], _text(fields[1]), _text(fields[3])))
    return found


def names_port(chain: BaseChain, port: int) -> bool:
    """Does a rule or a set of the chain's table name this very port? (Whether it accepts it for everybody is
    not asked.)"""
    number = port.to_bytes(2, "big")
    native = attribute(1, number)[:6]
    by_xtables = b"\0\0\xff\xff" + 2 * struct.pack("=H", port)  # struct xt_tcp: any source, this destination
    return any(native in body or by_xtables in body for body in _of_table(chain))


def _of_table(chain: BaseChain) -> Iterator[bytes]:
    """Its rules, and the elements of its sets."""
    family = next(number for number, name in FAMILIES.items() if name == chain.family)
    header = struct.pack(">BBH", family, 0, 0) + attribute(1, chain.table.encode() + b"\0")
    with opened(NETLINK_NETFILTER) as link:
        yield from dumped(link, _GET_RULE, header)
        sets = [dict(attributes(body[4:])).get(2, b"") for body in dumped(link, _GET_SET, header)]
        for name in sets:
            yield from dumped(link, _GET_ELEMENT, header + attribute(2, name))


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode(errors="replace")
