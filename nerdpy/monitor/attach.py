"""Live output to any number of clients, over a unix socket in the container's folder.

A client that is slow slows the container down, as with docker: what it has not taken yet is bounded, and
nothing is lost. A client that is gone is dropped at once. The words are those of `model/monitor.py`.
"""

import os

from nerdpy.model import monitor as words
from nerdpy.monitor import frugal
from nerdpy.monitor.ports import Ports

OUTBOX_LIMIT = 256 << 10
REQUEST_LIMIT = 16 << 10
LEFTOVER_SIZE = 64 << 10
_END_FRAME = words.render_frame(words.CONTROL, f'{{"{words.END}":true}}'.encode())


class Client:
    """One connection."""

    def __init__(self, connection: frugal.Socket) -> None:
        self._connection = connection
        self.descriptor = connection.fileno()
        self.streams: frozenset[int] = frozenset()
        self.cleans_up = False
        self.is_gone = False
        self.outbox = bytearray()
        self.kept: list[int] = []
        """Output of a command that the client runs in the container: ours to read when the client is gone."""
        self._inbox = b""

    def send(self, frame: bytes) -> None:
        """Queue a frame, and send what goes at once."""
        self.outbox += frame
        self.flush()

    def flush(self) -> None:
        """Send what the client takes now."""
        try:
            while self.outbox:
                del self.outbox[: self._connection.send(self.outbox)]
        except BlockingIOError:
            return
        except OSError:
            self.is_gone = True

    def requests(self) -> "list[tuple[dict[str, object], list[int]]]":
        """What the client has said, each line with the descriptors that came with it."""
        try:
            data, descriptors = frugal.receive(self._connection, REQUEST_LIMIT)
        except BlockingIOError:
            return []
        except OSError:
            data, descriptors = b"", []
        *lines, self._inbox = (self._inbox + data).split(b"\n")
        if not data or len(self._inbox) > REQUEST_LIMIT:
            self.is_gone = True
        requests = [frugal.parse_object(line) for line in lines]
        if not requests:
            for descriptor in descriptors:  # nobody says what they are for
                os.close(descriptor)
            return []
        return [*((request, []) for request in requests[:-1]), (requests[-1], descriptors)]

    def close(self) -> None:
        self._connection.close()
        for descriptor in self.kept:
            os.close(descriptor)


class Leftover:
    """Output of a command whose client is gone: read and dropped, so that the command can go on. To the loop
    it is a client that wants nothing."""

    streams: frozenset[int] = frozenset()
    cleans_up = False
    outbox = b""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.is_gone = False

    def send(self, frame: bytes) -> None:
        """It has no use for what the container says."""

    def flush(self) -> None:
        """Nothing waits."""

    def drop_some(self) -> None:
        """Read what is there."""
        try:  # noqa: SIM105  # contextlib would bring collections
            self.is_gone = not os.read(self.descriptor, LEFTOVER_SIZE)
        except BlockingIOError:
            pass

    def close(self) -> None:
        os.close(self.descriptor)


class AttachServer:
    """The socket and its clients. It works without a folder too: then nobody can connect."""

    def __init__(self, folder: str) -> None:
        self._path = f"{folder}/{words.SOCKET_FILE}"
        self.clients: dict[int, Client | Leftover] = {}
        self.ports = Ports(folder)
        self.init_pid = 0
        """As told by a client."""
        self._listener: frugal.Socket | None = None
        self._inode = 0
        self._has_ended = False
        try:
            self._listener = frugal.listen_at(folder, words.SOCKET_FILE)
            self._inode = os.stat(self._path).st_ino
        except OSError:
            self.close()

    def descriptor(self) -> int:
        """What to poll for new clients; -1: nobody can come."""
        return self._listener.fileno() if self._listener is not None else -1

    def accept(self) -> None:
        """Take in everybody who waits."""
        while self._listener is not None:
            try:
                client = Client(frugal.accept_from(self._listener))
            except OSError:
                return
            self.clients[client.descriptor] = client

    def is_full(self) -> bool:
        """Has a client enough to read already?"""
        return any(len(client.outbox) >= OUTBOX_LIMIT for client in self.clients.values())

    def send(self, stream: int, data: bytes) -> None:
        """Hand a piece of output to all who want it."""
        frame = b""
        for client in tuple(self.clients.values()):
            if stream in client.streams:
                frame = frame or words.render_frame(stream, data)
                client.send(frame)

    def announce_end(self) -> None:
        """Tell everybody that nothing more will come, those too who ask from now on."""
        self._has_ended = True
        for client in self.clients.values():
            client.send(_END_FRAME)

    def has_unsent(self) -> bool:
        return any(client.outbox and not client.is_gone for client in self.clients.values())

    def somebody_cleans_up(self) -> bool:
        """Has a client that is here promised to do what follows the exit?"""
        return any(client.cleans_up for client in self.clients.values())

    def drop_the_gone(self) -> None:
        for client in [client for client in self.clients.values() if client.is_gone]:
            del self.clients[client.descriptor]
            if isinstance(client, Client):
                self.clients |= {kept: Leftover(kept) for kept in client.kept}
                client.kept = []
            client.close()

    def hear_all(self) -> None:
        """Hear out whoever has come and spoken before this moment."""
        self.accept()
        for client in tuple(self.clients.values()):
            self.hear(client)
        self.drop_the_gone()

    def hear(self, client: Client | Leftover) -> None:
        """Do what a client asks."""
        if isinstance(client, Leftover):
            client.drop_some()
            return
        for request, descriptors in client.requests():
            self._obey(client, request, descriptors)

    def _obey(self, client: Client, request: dict[str, object], descriptors: list[int]) -> None:
        if words.HOLD_PORTS in request:
            self.ports.hold(descriptors)
            descriptors = []
        if words.KEEP in request:
            client.kept += descriptors
            descriptors = []
        if words.RELEASE_PORTS in request:
            self.ports.release()
        if words.HELLO in request:
            wanted = request[words.HELLO]
            names = wanted if isinstance(wanted, list) else []
            client.streams = frozenset(words.STREAMS[name] for name in names if name in words.STREAMS)
        if words.CLEANS_UP in request:
            client.cleans_up = request[words.CLEANS_UP] is True
        pid = request.get(words.INIT)
        if isinstance(pid, int):
            self.init_pid = pid
        for descriptor in descriptors:
            os.close(descriptor)
        answer = ",".join(f'"{word}":true' for word in request if word in words.REQUESTS)
        client.send(words.render_frame(words.CONTROL, f"{{{answer}}}".encode()))
        if self._has_ended and words.HELLO in request:
            client.send(_END_FRAME)

    def stop_listening(self) -> None:
        """Nobody new can come; the path goes too, unless the next monitor has taken it over."""
        if self._listener is None:
            return
        self._listener.close()
        self._listener = None
        try:
            if os.stat(self._path).st_ino == self._inode:
                os.unlink(self._path)
        except OSError:
            pass

    def close(self) -> None:
        self.stop_listening()
        self.ports.release()
        for client in self.clients.values():
            client.close()
        self.clients = {}
