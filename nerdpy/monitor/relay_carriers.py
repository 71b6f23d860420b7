"""What the relay of published ports carries: a pair of connections, or the datagrams of one port."""

import _socket
import select
import time

from nerdpy.monitor import frugal

TYPE_CHECKING = False  # typing would bring collections
if TYPE_CHECKING:
    from collections.abc import Callable

    TargetOf = Callable[[frugal.Socket], tuple[str, int] | None]

SIZE = 64 << 10
TURNS = 16
"""Pieces that one connection carries before the others have their turn."""
SILENCE = 60.0
"""Seconds after which a flow of datagrams is forgotten."""
MOST_PEERS = 1000
IN_PROGRESS = 115
IP_PKTINFO, IPV6_RECVPKTINFO, IPV6_PKTINFO = 8, 49, 50
_AT_ONCE = b"\1\0\0\0\0\0\0\0"
"""struct linger: close with a reset."""


class Carrier:
    """Something with descriptors that the relay polls for."""

    is_over = False

    def __init__(self) -> None:
        self.polled: dict[int, int] = {}
        """What the relay polls for on our behalf."""

    def wanted(self) -> dict[int, int]:
        """Descriptor -> epoll events."""
        raise NotImplementedError

    def step(self, descriptor: int, events: int) -> None:
        """Deal with what was polled for."""
        raise NotImplementedError

    def close(self) -> None:
        """Give the descriptors back."""
        raise NotImplementedError


class _Way:
    """One direction of a pair."""

    def __init__(self, source: frugal.Socket, sink: frugal.Socket) -> None:
        self.source = source
        self.sink = sink
        self.data = b""
        self.has_ended = False
        """Has the source said all?"""
        self.is_done = False
        """Does the sink know?"""

    def carry(self) -> None:
        """As much as goes without waiting."""
        for _ in range(TURNS):
            try:
                if not self.data and not self.has_ended:
                    self.data = self.source.recv(SIZE)
                    self.has_ended = not self.data
                if self.data:
                    self.data = self.data[self.sink.send(self.data) :]
            except BlockingIOError:
                return
            if self.has_ended and not self.data:
                if not self.is_done:
                    self.is_done = True
                    self.sink.shutdown(_socket.SHUT_WR)
                return


class Pair(Carrier):
    """A client's connection and ours to the container."""

    def __init__(self, client: frugal.Socket, target: tuple[str, int]) -> None:
        super().__init__()
        family = _socket.AF_INET6 if ":" in target[0] else _socket.AF_INET
        self._client = client
        self._server = frugal.Socket(family, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC, client.proto)
        self._server.setblocking(False)
        self._ways = (_Way(client, self._server), _Way(self._server, client))
        for one in (client, self._server):
            one.setsockopt(_socket.SOL_SOCKET, _socket.SO_KEEPALIVE, 1)
            if one.proto == _socket.IPPROTO_TCP:
                one.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self._is_calling = self._server.connect_ex(target) == IN_PROGRESS

    def wanted(self) -> dict[int, int]:
        if self._is_calling:
            return {self._server.fileno(): select.EPOLLOUT}
        found: dict[int, int] = {}
        for way in self._ways:
            if way.data:
                found[way.sink.fileno()] = found.get(way.sink.fileno(), 0) | select.EPOLLOUT
            elif not way.has_ended:
                found[way.source.fileno()] = found.get(way.source.fileno(), 0) | select.EPOLLIN
        return found

    def step(self, descriptor: int, events: int) -> None:
        try:
            if self._is_calling:
                self._is_calling = False
                error = self._server.getsockopt(_socket.SOL_SOCKET, _socket.SO_ERROR)
                if error:
                    raise OSError(error, "")
            for way in self._ways:
                way.carry()
        except OSError:  # one side has broken off: so does the other
            for one in (self._client, self._server):
                one.setsockopt(_socket.SOL_SOCKET, _socket.SO_LINGER, _AT_ONCE)
            self.is_over = True
        self.is_over = self.is_over or all(way.is_done for way in self._ways)

    def close(self) -> None:
        self._client.close()
        self._server.close()


class _Peer:
    """A client that sends datagrams."""

    def __init__(self, target: tuple[str, int]) -> None:
        family = _socket.AF_INET6 if ":" in target[0] else _socket.AF_INET
        self.server = frugal.Socket(family, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC, 0)
        self.server.setblocking(False)
        self.server.connect(target)
        self.heard_at = 0.0
        self.to: list[tuple[int, int, bytes]] = []
        """The address that the client wrote to, which the answers must come from: packet information as
        ip(7) and ipv6(7) have it."""


class Datagrams(Carrier):
    """One UDP port: every client has a socket of ours of its own, so that its answers find it."""

    def __init__(self, listener: frugal.Socket, target_of: "TargetOf") -> None:
        super().__init__()
        self._listener = listener
        self._target_of = target_of
        self.peers: dict[tuple[str, int], _Peer] = {}
        """By the client's address."""
        self._by_descriptor: dict[int, tuple[str, int]] = {}
        if listener.family == _socket.AF_INET6:
            listener.setsockopt(_socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        else:
            listener.setsockopt(_socket.IPPROTO_IP, IP_PKTINFO, 1)

    def wanted(self) -> dict[int, int]:
        return dict.fromkeys((self._listener.fileno(), *self._by_descriptor), select.EPOLLIN)

    def step(self, descriptor: int, events: int) -> None:
        try:
            if descriptor in self._by_descriptor:
                self._answer(self._by_descriptor[descriptor])
            else:
                self._ask()
        except OSError:  # datagrams get lost
            return

    def _ask(self) -> None:
        data, ancillary, _, client = self._listener.recvmsg(SIZE, 256)
        peer = self.peers.get(client)
        if peer is None:
            target = self._target_of(self._listener)
            if target is None:
                return
            if len(self.peers) >= MOST_PEERS:
                self._forget(min(self.peers, key=lambda one: self.peers[one].heard_at))
            peer = self.peers[client] = _Peer(target)
            self._by_descriptor[peer.server.fileno()] = client
        peer.heard_at = time.monotonic()
        peer.to = [one for one in ancillary if one[1] in (IP_PKTINFO, IPV6_PKTINFO)]
        peer.server.send(data)

    def _answer(self, client: tuple[str, int]) -> None:
        peer = self.peers[client]
        data = peer.server.recv(SIZE)
        peer.heard_at = time.monotonic()
        self._listener.sendmsg([data], peer.to, 0, client)

    def forget_the_silent(self) -> None:
        """Drop the flows that nobody has used for a while."""
        late = time.monotonic() - SILENCE
        for client in [client for client, peer in self.peers.items() if peer.heard_at < late]:
            self._forget(client)

    def _forget(self, client: tuple[str, int]) -> None:
        peer = self.peers.pop(client)
        del self._by_descriptor[peer.server.fileno()]
        peer.server.close()
