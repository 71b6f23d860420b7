"""Pure: the file that tells aardvark-dns about one network (its `src/config/mod.rs` reads it).

The first line holds the addresses to listen on. Every other line is a container: id, IPv4 address, IPv6
address, names, and the servers that its other questions go to; lists have commas, and an address that is
missing leaves its place empty. One line is no container's, and nerdpy's own: its first name is the mark of
this edition of the file, so that one question tells whether the server has read it; its further ones are the
ids of those who do not ask the server at all.
"""

import ipaddress
import re
from collections.abc import Iterable

from nerdpy.dataclass import dataclass, replace

OWN_DOMAIN = "nerdpy"
"""What the server takes for its own domain: it asks nobody else about names below it, known or not."""
_OURS = "nerdpy"
"""The id of the line that is no container's."""
INTERNAL = "%int"
"""At the end of the file's name: this network's questions don't leave the machine (aardvark-dns 1.6)."""
NOWHERE = "240.0.0.1"
"""A server that can't be reached (RFC 1112, class E): the same for aardvark-dns that knows no INTERNAL."""
_NOBODY = "192.0.2.1"
"""The address of the line with the mark (RFC 5737: documentation)."""
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One container on the network."""

    container_id: str
    address: str = ""
    address6: str = ""
    names: tuple[str, ...] = ()
    forwarders: tuple[str, ...] = ()
    """Who answers what the network doesn't know; empty: the host's servers."""
    reads_hosts: bool = False
    """Does it find its neighbours by its hosts file?"""


@dataclass(frozen=True, kw_only=True)
class Zone:
    """One network."""

    listeners: tuple[str, ...]
    members: tuple[Member, ...] = ()
    mark: str = ""
    """Of this edition."""

    @property
    def mark_name(self) -> str:
        """The name that only a server knows who has read this edition."""
        return f"{self.mark}.{OWN_DOMAIN}"

    def member(self, container_id: str) -> Member | None:
        """The container's line."""
        return next((one for one in self.members if one.container_id == container_id), None)

    def without(self, container_id: str) -> "Zone":
        """The network after the container has left it."""
        return replace(self, members=tuple(one for one in self.members if one.container_id != container_id))

    def having(self, member: Member) -> "Zone":
        """The network with this container, in place of what stood there of it."""
        others = self.without(member.container_id).members
        return replace(self, members=tuple(sorted((*others, member), key=lambda one: one.container_id)))


def file_name(namespace: str, network: str, *, is_internal: bool = False) -> str:
    """The file of a network. Networks of two containerd namespaces may have one name."""
    return f"{namespace}@{network}{INTERNAL if is_internal else ''}"


def network_of(name: str, namespace: str) -> str:
    """The network whose file has this name; empty when it is none of the namespace."""
    owner, _, network = name.partition("@")
    return network.removesuffix(INTERNAL) if owner == namespace else ""


def resolvable(names: Iterable[str]) -> tuple[str, ...]:
    """Those that a DNS question can hold, in lower case: letters, digits, `-` and `_`, 63 in a part, 253 in
    all (RFC 1035, 2.3.4)."""
    return tuple(dict.fromkeys(name for name in map(str.lower, names) if _NAME.fullmatch(name)))


def usable_servers(servers: Iterable[str]) -> tuple[str, ...]:
    """Those that can stand in the file: addresses without a scope."""
    return tuple(one for one in servers if _is_address(one))


def render_zone(zone: Zone) -> str:
    """The file's text."""
    readers = [one.container_id for one in zone.members if one.reads_hosts]
    lines = [",".join(zone.listeners), f"{_OURS} {_NOBODY}  {','.join([zone.mark, *readers])}"]
    for one in zone.members:
        words = [one.container_id, one.address, one.address6, ",".join(one.names)]
        lines.append(" ".join([*words, ",".join(one.forwarders)] if one.forwarders else words))
    return "".join(f"{line}\n" for line in lines)


def parse_zone(text: str) -> Zone | None:
    """What `render_zone` wrote; None: something else."""
    first, *lines = text.splitlines() or [""]
    rows = [[*line.split(" "), ""][:5] for line in lines]
    if not all(map(_is_address, first.split(","))) or not all(len(row) == 5 for row in rows):
        return None
    mark, *readers = next((row[3].split(",") for row in rows if row[0] == _OURS), [""])
    return Zone(
        listeners=tuple(first.split(",")),
        members=tuple(_member(row, row[0] in readers) for row in rows if row[0] != _OURS),
        mark=mark,
    )


def _member(row: list[str], reads_hosts: bool) -> Member:
    return Member(
        container_id=row[0],
        address=row[1],
        address6=row[2],
        names=tuple(filter(None, row[3].split(","))),
        forwarders=tuple(filter(None, row[4].split(","))),
        reads_hosts=reads_hosts,
    )


def _is_address(text: str) -> bool:
    try:
        return "%" not in text and bool(ipaddress.ip_address(text))
    except ValueError:
        return False
