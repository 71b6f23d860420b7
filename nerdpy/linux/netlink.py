"""The few words of rtnetlink that nerdpy needs, spoken directly: pyroute2 takes 120 ms to import."""

import errno
import os
import socket
import struct
from collections.abc import Iterator

NETLINK_ROUTE = 0
_ERROR, _DONE = 2, 3
_REQUEST, _ACK, _DUMP = 1, 4, 0x300
_NEWLINK, _DELLINK = 16, 17
_IFF_UP = 1
_IFLA_MASTER = 10
_ATTRIBUTE_TYPE = 0x3FFF  # the two top bits are flags: nested, network byte order


def attribute(kind: int, data: bytes) -> bytes:
    """One netlink attribute, padded to four bytes."""
    return struct.pack("=HH", len(data) + 4, kind) + data + b"\0" * (-len(data) % 4)


def attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The attributes that `data` consists of."""
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if length < 4:
            return
        yield kind & _ATTRIBUTE_TYPE, data[4:length]
        data = data[(length + 3) & ~3 :]


def message(kind: int, flags: int, body: bytes, sequence: int = 1) -> bytes:
    """A netlink message with its header."""
    return struct.pack("=IHHII", len(body) + 16, kind, flags, sequence, 0) + body


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, body) of each message that came in one datagram."""
    while len(data) >= 16:
        length, kind = struct.unpack_from("=IH", data)
        yield kind, data[16:length]
        data = data[(length + 3) & ~3 :]


def opened(protocol: int = NETLINK_ROUTE) -> socket.socket:
    """A netlink socket in the calling thread's network namespace."""
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)


def acknowledged(link: socket.socket, request: bytes) -> None:
    """Send one request and wait for the kernel's yes; its no is an OSError."""
    link.send(request)
    for kind, body in messages(link.recv(65536)):
        if kind == _ERROR:
            number = -struct.unpack_from("=i", body)[0]
            if number:
                raise OSError(number, os.strerror(number))
            return


def dumped(link: socket.socket, kind: int, body: bytes) -> Iterator[bytes]:
    """The bodies of everything that a dump request lists."""
    link.send(message(kind, _REQUEST | _DUMP, body))
    while True:
        for got, answer in messages(link.recv(1 << 18)):
            if got == _DONE:
                return
            if got == _ERROR:
                number = -struct.unpack_from("=i", answer)[0]
                raise OSError(number, os.strerror(number))
            yield answer


def set_link_up(name: str) -> None:
    """Bring an interface up."""
    _change_link(name, _IFF_UP, b"")


def take_out_of_service(name: str) -> None:
    """Take an interface down and off its bridge, at once; none of that name is fine."""
    _change_link(name, 0, attribute(_IFLA_MASTER, struct.pack("=I", 0)), missing_ok=True)


def delete_link(name: str) -> None:
    """Delete an interface (and with a veth its peer); none of that name is fine."""
    index = index_of(name)
    if not index:
        return
    with opened() as link:
        body = struct.pack("=BxHiII", 0, 0, index, 0, 0)
        try:
            acknowledged(link, message(_DELLINK, _REQUEST | _ACK, body))
        except OSError as error:
            if error.errno != errno.ENODEV:
                raise


def index_of(name: str) -> int:
    """The interface's number; 0 when there is none of that name."""
    try:
        return socket.if_nametoindex(name)
    except OSError:
        return 0


def _change_link(name: str, flags: int, more: bytes, *, missing_ok: bool = False) -> None:
    index = index_of(name)
    if not index:
        if missing_ok:
            return
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), name)
    try:
        with opened() as link:
            body = struct.pack("=BxHiII", 0, 0, index, flags, _IFF_UP) + more
            acknowledged(link, message(_NEWLINK, _REQUEST | _ACK, body))
    except OSError as error:
        if not missing_ok or error.errno != errno.ENODEV:
            raise
