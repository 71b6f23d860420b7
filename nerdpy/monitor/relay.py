"""Carry what comes to the sockets of published ports to the container: a child of the monitor.

It runs only while there is something to carry. Where a rule of the firewall can lead a packet to the
container, none of it gets here. The container sees an address of the host as its peer, as with docker's
userland proxy.
"""

import _socket
import os
import select
import time

from nerdpy.model.monitor import ATTACHMENT_FILE
from nerdpy.monitor import frugal
from nerdpy.monitor.relay_carriers import Carrier, Datagrams, Pair

IDLE = 10.0
"""Seconds without anything to carry after which the relay ends."""
MOST = 2000
"""Connections at a time; further ones wait in the kernel's queue."""
_PROTOCOLS = {"tcp": _socket.IPPROTO_TCP, "udp": _socket.IPPROTO_UDP, "sctp": 132}
_ANY = ("", "0.0.0.0", "::")


def target_of(record: "dict[str, object]", protocol: int, host: str, port: int) -> "tuple[str, int] | None":
    """Where the socket bound to `host` and `port` leads, by the container's network.json; None: nowhere."""
    is_ipv6 = ":" in host
    for mapping in record.get("ports", ()):  # type: ignore[attr-defined]  # nerdpy wrote the file itself
        is_this = _PROTOCOLS.get(mapping["protocol"]) == protocol and mapping["host_port"] == port
        if is_this and (mapping["host_ip"] == host or (mapping["host_ip"] in _ANY and host in _ANY)):
            address = _address(record, is_ipv6=is_ipv6)
            return (address, mapping["container_port"]) if address else None
    return None


def _address(record: "dict[str, object]", *, is_ipv6: bool) -> str:
    """The container's address where it publishes, of that family if it has one."""
    found = [
        str(one["address"]).partition("/")[0]
        for link in record.get("links", ())  # type: ignore[attr-defined]  # as above
        if link.get("publishes")
        for one in (link.get("result") or {}).get("ips", ())
    ]
    return next((one for one in found if (":" in one) == is_ipv6), found[0] if found else "")


def serve(folder: str, sockets: "list[int]", leash: int) -> None:
    """Carry until there has been nothing to do for a while, or the other end of `leash` is closed."""
    stand_alone((*sockets, leash))
    relay = Relay(folder, [frugal.Socket(fileno=one) for one in sockets], leash)
    while relay.step():
        pass


class Relay:
    """The loop over listening sockets, pairs of connections, and flows of datagrams."""

    def __init__(self, folder: str, sockets: "list[frugal.Socket]", leash: int) -> None:
        self._path = f"{folder}/{ATTACHMENT_FILE}"
        self._poll = select.epoll()
        self._leash = leash
        self._poll.register(leash, 0)
        self._listeners: dict[int, frugal.Socket] = {}
        self._is_listening = False
        self._carriers: dict[int, Carrier] = {}
        """By each descriptor that is polled for."""
        self._flows: list[Datagrams] = []
        self._pairs: set[Pair] = set()
        self._busy_at = time.monotonic()
        for one in sockets:
            one.setblocking(False)  # for the monitor's copies too, which it never reads
            if one.proto == _socket.IPPROTO_UDP:
                flows = Datagrams(one, self._target)
                self._flows.append(flows)
                self._adopt(flows)
            else:
                self._listeners[one.fileno()] = one
        self._listen()

    def step(self) -> bool:
        """Wait for something and deal with it; False: it is time to end."""
        for descriptor, events in self._poll.poll(IDLE):
            if descriptor == self._leash:
                return False
            self._busy_at = time.monotonic()
            if descriptor in self._listeners:
                self._accept(self._listeners[descriptor])
            elif descriptor in self._carriers:
                carrier = self._carriers[descriptor]
                carrier.step(descriptor, events)
                self._adopt(carrier)
        for flows in self._flows:
            flows.forget_the_silent()
            self._adopt(flows)
        self._listen()
        is_busy = self._pairs or any(flows.peers for flows in self._flows)
        return bool(is_busy) or time.monotonic() - self._busy_at < IDLE

    def _listen(self) -> None:
        """Take new connections in, unless there are too many."""
        is_wanted = len(self._pairs) < MOST
        if is_wanted == self._is_listening:
            return
        self._is_listening = is_wanted
        for descriptor in self._listeners:
            if is_wanted:
                self._poll.register(descriptor, select.EPOLLIN)
            else:
                self._poll.unregister(descriptor)

    def _target(self, one: "frugal.Socket") -> "tuple[str, int] | None":
        host, port = one.getsockname()[:2]
        return target_of(frugal.load_object(self._path), one.proto, host, port)

    def _accept(self, listener: "frugal.Socket") -> None:
        """Take one in, and call the container for it."""
        try:
            client = frugal.accept_from(listener)
        except BlockingIOError:  # it is gone again
            return
        except OSError:  # no descriptor is free: the next one to end makes room
            time.sleep(0.01)
            return
        target = self._target(listener)
        if target is None:
            client.close()
            return
        pair = Pair(client, target)
        self._pairs.add(pair)
        self._adopt(pair)

    def _adopt(self, carrier: Carrier) -> None:
        """Poll for what it wants now, and for nothing else of it."""
        wanted = {} if carrier.is_over else carrier.wanted()
        for descriptor in carrier.polled.keys() - wanted.keys():
            self._poll.unregister(descriptor)
            del self._carriers[descriptor]
        for descriptor, events in wanted.items():
            if descriptor not in carrier.polled:
                self._poll.register(descriptor, events)
                self._carriers[descriptor] = carrier
            elif carrier.polled[descriptor] != events:
                self._poll.modify(descriptor, events)
        carrier.polled = wanted
        if carrier.is_over:
            self._pairs -= {carrier}
            carrier.close()


def stand_alone(kept: "tuple[int, ...]") -> None:
    """Nothing of the monitor's is kept but these: the container's pipes least of all, of which the monitor
    must be the only reader."""
    frugal.signals_as_usual()
    os.setsid()
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    first = 3
    for one in sorted(kept):
        os.closerange(first, one)
        first = one + 1
    os.closerange(first, 1 << 16)
