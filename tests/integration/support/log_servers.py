"""Little servers that take logs: real sockets, and the bytes that came."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path


class LogServer:
    """Takes datagrams, or connections one after the other; `data` is all that came."""

    def __init__(self, listener: socket.socket, *, tls: ssl.SSLContext | None = None, answers: bool = False):
        self.data = b""
        self.messages: list[bytes] = []
        """Datagrams, each by itself."""
        self.connections = 0
        self._listener = listener
        self._tls = tls
        self._answers = answers
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        for one in [self._listener, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._thread.join(10)

    def _serve(self) -> None:
        try:
            if self._listener.type == socket.SOCK_DGRAM:
                while message := self._listener.recv(1 << 18):
                    self.messages.append(message)
                    self.data += message
                return
            while True:
                self._take(self._listener.accept()[0])
        except OSError:
            return

    def _take(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            self.connections += 1
            while data := connection.recv(1 << 16):
                self.data += data
                if self._answers:
                    self._answer(connection, data)
        except OSError:
            pass
        finally:
            connection.close()

    @staticmethod
    def _answer(connection: socket.socket, data: bytes) -> None:
        """fluentd's: `{"ack": chunk}` for each event with a chunk of 32 digits."""
        mark = b"\xa5chunk\xd9\x20"
        at = data.find(mark)
        while at >= 0:
            chunk = data[at + len(mark) : at + len(mark) + 32]
            connection.sendall(b"\x81\xa3ack\xd9\x20" + chunk)
            at = data.find(mark, at + 1)


def on_port(kind: socket.SocketKind, port: int = 0) -> socket.socket:
    """A socket on loopback."""
    listener = socket.socket(socket.AF_INET, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    if kind == socket.SOCK_STREAM:
        listener.listen()
    return listener


def on_path(kind: socket.SocketKind, path: Path) -> socket.socket:
    """A unix socket."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, kind)
    listener.bind(str(path))
    if kind == socket.SOCK_STREAM:
        listener.listen()
    return listener
