"""A bad line to a registry: slow, cut every so many bytes, or silent."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field


@dataclass
class BadLine:
    """Listens on a port of loopback and passes on to a registry. Its limits may be changed meanwhile."""

    target: int
    bytes_a_second: int = 0
    """0: as fast as it goes."""
    cut_after: int = 0
    """Close each connection after so many bytes of answers; 0: never."""
    sent_a_second: int = 0
    """The same for what is sent to the registry."""
    cut_sent: int = 0
    cuts_left: int = 1_000_000
    refuses: str = ""
    """Answer every request with this status line instead."""
    address: str = "127.0.0.1"
    is_raw: bool = False
    """Pass everything on unseen: the registry speaks TLS."""
    passed: int = 0
    """Bytes of answers."""
    sent: int = 0
    """Bytes of requests."""
    port: int = 0
    _listener: socket.socket = field(init=False)
    _open: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> "BadLine":
        self._listener = socket.create_server((self.address, self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def reference(self, image: str) -> str:
        return f"{self.host}/{image}"

    @property
    def host(self) -> str:
        return f"{self.address}:{self.port}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            head = client.recv(65536)
            if not (self.is_raw or head[:1].isalpha()):  # a TLS hello
                client.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                client.close()
                return
            if self.refuses:
                answer = f"HTTP/1.1 {self.refuses}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                client.sendall(answer.encode())
                client.close()
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open.append(server)
            server.sendall(head)
            threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
            self._answer(server, client)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        sent = 0
        while data := server.recv(8192):
            if self.bytes_a_second:
                time.sleep(len(data) / self.bytes_a_second)
            if self.cut_after and self.cuts_left and sent + len(data) > self.cut_after:
                self.cuts_left -= 1
                break
            client.sendall(data)
            sent += len(data)
            self.passed += len(data)
        for one in (client, server):
            one.shutdown(socket.SHUT_RDWR)

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        sent = 0
        with contextlib.suppress(OSError):
            while data := client.recv(16384):
                if self.sent_a_second:
                    time.sleep(len(data) / self.sent_a_second)
                sent += len(data)
                if self.cut_sent and self.cuts_left and sent > self.cut_sent:
                    self.cuts_left -= 1
                    break
                server.sendall(data)
                self.sent += len(data)
            else:
                return
            for one in (client, server):
                one.shutdown(socket.SHUT_RDWR)
