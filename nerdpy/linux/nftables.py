"""Elements of nftables' sets and maps, spoken directly to the kernel: a port is published in one message.

The `nft` program is started for what is done once per network (`run_script`); it needs 6 ms even to add one
element, since it first reads back the ruleset.
"""

import errno
import os
import socket
import struct
from collections.abc import Sequence

from nerdpy.dataclass import dataclass
from nerdpy.linux.netlink import attribute, attributes, dumped, message, messages, opened
from nerdpy.linux.spawn import find_tool, run_tool

INET, IPV4, IPV6 = 1, 2, 10
NETLINK_NETFILTER = 12
_SUBSYSTEM = 10 << 8
_GETTABLE, _GETCHAIN, _NEWELEMENT, _GETELEMENT, _DELELEMENT, _GETGENERATION = 1, 4, 12, 13, 14, 16
_BATCH_BEGIN, _BATCH_END = 16, 17
_TABLE_HANDLE = 4
_REQUEST, _ACK, _EXCLUSIVE, _CREATE = 1, 4, 0x200, 0x400
_NESTED = 0x8000
_ERROR = 2
_SO_SNDBUFFORCE = 32


@dataclass(frozen=True)
class Element:
    """One element of a map (or, without data, of a set) in nerdpy's table."""

    set_name: str
    key: bytes
    data: bytes = b""
    comment: str = ""


class Nftables:
    """One conversation with the kernel about one table of family inet. Close it, or use it in a `with`."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.link = opened(NETLINK_NETFILTER)

    def __enter__(self) -> "Nftables":
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    def comment_of(self, element: Element) -> str | None:
        """The comment of the element with this key; None when there is none (or no such table)."""
        body = _header(INET) + self._list_of(element, with_data=False)
        try:
            answer = self._asked(message(_SUBSYSTEM | _GETELEMENT, _REQUEST | _ACK, body))
        except FileNotFoundError:
            return None
        listed = dict(attributes(answer)).get(3, b"")
        inner = dict(attributes(dict(attributes(listed)).get(1, b"")))
        return _comment(inner)

    def elements(self, set_name: str) -> list[Element]:
        """All elements of a set or map, without their data; none where there is no such set."""
        names = attribute(1, self.table.encode() + b"\0") + attribute(2, set_name.encode() + b"\0")
        found = []
        try:
            for body in dumped(self.link, _SUBSYSTEM | _GETELEMENT, _header(INET) + names):
                for _, element in attributes(dict(attributes(body[4:])).get(3, b"")):
                    inner = dict(attributes(element))
                    key = dict(attributes(inner.get(1, b""))).get(1, b"")
                    found.append(Element(set_name, key, comment=_comment(inner)))
        except FileNotFoundError:
            return []
        return found

    def generation(self) -> int:
        """The number of the ruleset's present state."""
        answer = self._asked(message(_SUBSYSTEM | _GETGENERATION, _REQUEST, _header(0)))
        return int(struct.unpack(">I", dict(attributes(answer))[1])[0])

    def change(
        self, *, remove: Sequence[Element] = (), add: Sequence[Element] = (), generation: int | None = None
    ) -> None:
        """All in one transaction, or none of it.

        FileExistsError: an element to add is there; FileNotFoundError: one to remove, or the table, is not;
        InterruptedError: the ruleset is no longer of this generation.
        """
        requests = [(_DELELEMENT, 0, element) for element in remove]
        requests += [(_NEWELEMENT, _CREATE | _EXCLUSIVE, element) for element in add]
        if not requests:
            return
        extra = b"" if generation is None else attribute(1, struct.pack(">I", generation))
        parts = [message(_BATCH_BEGIN, _REQUEST, _header(0, 10) + extra, 0)]
        for number, (kind, flags, element) in enumerate(requests, 1):
            flags |= _REQUEST | (_ACK if number == len(requests) else 0)
            body = _header(INET) + self._list_of(element, with_data=kind == _NEWELEMENT)
            parts.append(message(_SUBSYSTEM | kind, flags, body, number))
        parts.append(message(_BATCH_END, _REQUEST, _header(0, 10), len(requests) + 1))
        self._transact(b"".join(parts), len(requests))

    def _list_of(self, element: Element, *, with_data: bool) -> bytes:
        inner = _nested(1, attribute(1, element.key))
        if with_data:
            inner += _nested(2, attribute(1, element.data)) if element.data else b""
            text = element.comment.encode()[:253] + b"\0"
            inner += attribute(6, struct.pack("BB", 0, len(text)) + text) if element.comment else b""
        names = attribute(1, self.table.encode() + b"\0") + attribute(2, element.set_name.encode() + b"\0")
        return names + _nested(3, _nested(1, inner))

    def _transact(self, batch: bytes, last: int) -> None:
        if len(batch) > 100_000:
            self.link.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, len(batch) * 2)
        self.link.send(batch)
        failure = 0
        while True:
            data = self.link.recv(1 << 18)
            for kind, body in messages(data):
                number = -struct.unpack_from("=i", body)[0] if kind == _ERROR else 0
                failure = failure or number
                if kind == _ERROR and _sequence_of(body) in (last, 0):
                    if failure == errno.ERESTART:
                        raise InterruptedError(failure, "the ruleset has changed")
                    if failure:
                        raise OSError(failure, os.strerror(failure))
                    return

    def _asked(self, request: bytes) -> bytes:
        """The attributes of the answer."""
        self.link.send(request)
        found = b""
        while True:
            for kind, body in messages(self.link.recv(1 << 16)):
                if kind != _ERROR:
                    found = body[4:]
                    if request[6] & _ACK:
                        continue
                    return found
                number = -struct.unpack_from("=i", body)[0]
                if number:
                    raise OSError(number, os.strerror(number))
                return found


def has_table(name: str) -> bool:
    """Is there a table of family inet with this name?"""
    return table_handle(name) != 0


def table_handle(name: str) -> int:
    """The number of this table of family inet, which one that is made anew does not have again; 0: there is
    none."""
    with Nftables(name) as rules:
        try:
            body = _header(INET) + attribute(1, name.encode() + b"\0")
            answer = rules._asked(message(_SUBSYSTEM | _GETTABLE, _REQUEST | _ACK, body))
        except FileNotFoundError:
            return 0
    return int.from_bytes(dict(attributes(answer)).get(_TABLE_HANDLE, b"\1"), "big")


def drops_forwarded(family: int) -> bool:
    """Does iptables' FORWARD chain of the family (IPV4, IPV6) drop what it does not know, as docker and ufw
    have it?"""
    with Nftables("filter") as rules:
        body = _header(family) + attribute(1, b"filter\0") + attribute(3, b"FORWARD\0")
        try:
            answer = rules._asked(message(_SUBSYSTEM | _GETCHAIN, _REQUEST | _ACK, body))
        except FileNotFoundError:
            return False
    return dict(attributes(answer)).get(5) == struct.pack(">I", 0)


def is_empty(table: str, set_name: str) -> bool:
    """Has this set of the table no element?"""
    ended = run_tool(find_tool("nft"), "list", "set", "inet", table, set_name)
    return ended.status == 0 and b"elements" not in ended.output


def run_script(text: str) -> None:
    """Let `nft` carry out a script in one transaction; FileNotFoundError when it is not installed."""
    path = find_tool("nft")
    if not path:
        raise FileNotFoundError(errno.ENOENT, "nft is not installed")
    ended = run_tool(path, "-f", "-", text=text.encode())
    if ended.status != 0:
        raise OSError(errno.EINVAL, ended.sentence())


def _header(family: int, resource: int = 0) -> bytes:
    return struct.pack(">BBH", family, 0, resource)


def _comment(element: dict[int, bytes]) -> str:
    return element.get(6, b"\0\0")[2:].rstrip(b"\0").decode()


def _nested(kind: int, data: bytes) -> bytes:
    return attribute(kind | _NESTED, data)


def _sequence_of(body: bytes) -> int:
    """The number of the request that an error (or an acknowledgement) is about."""
    return int(struct.unpack_from("=I", body, 4 + 8)[0])
