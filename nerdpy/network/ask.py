"""One question to a DNS server (RFC 1035): does it know this name? And whether one could listen itself."""

import errno
import os
import socket
import struct
import time
from datetime import timedelta

PORT = 53
_ADDRESS, _INTERNET = 1, 1
"""QTYPE A, QCLASS IN."""
_RECURSION = 0x0100


def knows(server: str, name: str, patience: timedelta) -> bool:
    """Does the server at this address say within `patience` where `name` is? It is asked again and again: a
    question may be lost, and the answer may change."""
    deadline = time.monotonic() + patience.total_seconds()
    question = _question(name)
    wait = 0.002
    with _socket(server) as asking:
        while (rest := deadline - time.monotonic()) > 0:
            try:
                asking.settimeout(min(wait, rest))
                asking.send(question)
                if _is_found(asking.recv(512), question):
                    return True
                time.sleep(min(0.0005, rest))
            except TimeoutError:
                wait *= 2
            except OSError:  # nobody listens: a refusal comes at once
                time.sleep(min(0.001, rest))
    return False


def can_listen(address: str) -> bool:
    """Is the address this machine's, in this network namespace, and its port 53 free?"""
    return _obstacle(address) == 0


def can_listen_soon(address: str, patience: timedelta) -> bool:
    """The same; an IPv6 address that is just being looked for on the link (RFC 4862, 5.4) takes a second."""
    return _obstacle_after(address, patience, errno.EADDRNOTAVAIL) == 0


def can_listen_again(address: str, patience: timedelta) -> bool:
    """The same; who was killed while it listened may still be dying."""
    return _obstacle_after(address, patience, errno.EADDRINUSE) == 0


def is_taken(address: str) -> bool:
    """Does another program listen there?"""
    return _obstacle(address) == errno.EADDRINUSE


def _obstacle_after(address: str, patience: timedelta, passing: int) -> int:
    deadline = time.monotonic() + patience.total_seconds()
    while (obstacle := _obstacle(address)) == passing and time.monotonic() < deadline:
        time.sleep(0.02)
    return obstacle


def _obstacle(address: str) -> int:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(_family(address), kind) as trying:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(kind == socket.SOCK_STREAM))
            try:
                trying.bind((address, PORT))
            except OSError as error:
                return error.errno or errno.EIO
    return 0


def _socket(server: str) -> socket.socket:
    made = socket.socket(_family(server), socket.SOCK_DGRAM)
    try:
        made.connect((server, PORT))
    except OSError:
        made.close()
        raise
    return made


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _question(name: str) -> bytes:
    number = int.from_bytes(os.urandom(2))
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    header = struct.pack(">6H", number, _RECURSION, 1, 0, 0, 0)
    return header + labels + struct.pack(">B2H", 0, _ADDRESS, _INTERNET)


def _is_found(answer: bytes, question: bytes) -> bool:
    if len(answer) < 12 or answer[:2] != question[:2]:
        return False
    return answer[3] & 0xF == 0 and struct.unpack(">H", answer[6:8])[0] > 0
