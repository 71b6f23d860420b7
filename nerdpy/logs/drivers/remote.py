"""A log server: connected when there is something to say, and again and again when it goes away."""

import _socket
import select
import time

from nerdpy.logs.driver import Waiter

TYPE_CHECKING = False  # typing would bring collections
if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 5.0
"""Seconds for connecting, and for a server that takes nothing."""
STEP = 0.5
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
"""Seconds between two attempts."""
EMSGSIZE, EPROTOTYPE = 90, 91
DATAGRAMS = {"udp", "unixgram"}


class Server:
    """Where messages go: `network` is udp, tcp, tcp+tls, unix or unixgram; `address` a path, or host:port."""

    def __init__(
        self, network: str, address: str, waiter: Waiter, *, tls: dict[str, object] | None = None
    ) -> None:
        self._network = network
        self._address = address
        self._waiter = waiter
        self._tls = tls or {}
        self._socket: _socket.socket | None = None
        self.timeout = PATIENCE
        self.first_pause, self.longest_pause = FIRST_PAUSE, LONGEST_PAUSE
        self.attempts = 0
        """How often a message is tried; 0: until it is through."""

    def send_all(self, messages: list[bytes]) -> None:
        """Send some messages. On a stream they go together: where the connection breaks, some come twice
        rather than not at all."""
        for data in messages if self._network in DATAGRAMS else [b"".join(messages)]:
            self.send(data)

    def send(self, data: bytes, confirmed: "Callable[[_socket.socket], None] | None" = None) -> bool:
        """Send it, however long it takes; False when it was given up. `confirmed` reads the server's answer,
        and raises OSError when it is none."""
        pause, attempt = self.first_pause, 0
        while self._waiter.wait(0):
            try:
                self._send_once(data)
                if confirmed is not None:
                    self._connected().settimeout(self.timeout)
                    confirmed(self._connected())
                return True
            except OSError as error:
                self.close()
                if self._network in DATAGRAMS and self._is_too_long(error):
                    data = data[: len(data) // 2]
                    continue
                self._waiter.note(f"log server {self._network}://{self._address}: {error.strerror or error}")
            attempt += 1
            if attempt == self.attempts:
                return False
            self._waiter.wait(pause)
            pause = min(pause * 2, self.longest_pause)
        return False

    def _send_once(self, data: bytes) -> None:
        """In short steps, for the container may end while the server takes nothing. What is written to a
        connection that the server has closed would be lost without a word, so that is looked at first."""
        if self._socket is not None and _is_closed(self._socket):
            self.close()
        connection = self._connected()
        connection.settimeout(STEP)
        sent, gives_up = 0, time.monotonic() + self.timeout
        while sent < len(data):
            try:
                sent += connection.send(data[sent:])
                gives_up = time.monotonic() + self.timeout
            except TimeoutError:
                if time.monotonic() >= gives_up or not self._waiter.wait(0):
                    raise

    @staticmethod
    def _is_too_long(error: OSError) -> bool:
        return error.errno == EMSGSIZE

    def _connected(self) -> _socket.socket:
        if self._socket is None:
            self._socket = connect(self._network, self._address, self._tls)
        return self._socket

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _is_closed(connection: _socket.socket) -> bool:
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLRDHUP)
    return bool(poller.poll(0))


def connect(network: str, address: str, tls: dict[str, object] | None = None) -> _socket.socket:
    """A connected socket with a timeout. OSError when it can't be had, or its certificate is not trusted."""
    if network in {"unix", "unixgram"}:
        kind = _socket.SOCK_DGRAM if network == "unixgram" else _socket.SOCK_STREAM
        try:
            return _opened(_socket.AF_UNIX, kind, address)
        except OSError as error:
            if error.errno != EPROTOTYPE:
                raise
        return _opened(_socket.AF_UNIX, _socket.SOCK_STREAM, address)  # some /dev/log is one
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    kind = _socket.SOCK_DGRAM if network == "udp" else _socket.SOCK_STREAM
    trouble: OSError = OSError(f"no address for {host}")
    for family, _, _, _, where in _found(host, port, kind):
        try:
            connection = _opened(family, kind, where)
        except OSError as error:
            trouble = error
            continue
        return connection if network in {"tcp", "udp"} else _secured(connection, host, tls or {})
    raise trouble


def _found(host: str, port: str, kind: int) -> "list[tuple[int, int, int, str, object]]":
    try:
        return _socket.getaddrinfo(host, port, 0, kind)  # type: ignore[return-value]  # (host, port, ...)
    except UnicodeError as error:
        raise OSError(f"{host} is no host name") from error


def _opened(family: int, kind: int, where: object) -> _socket.socket:
    connection = _socket.socket(family, kind | _socket.SOCK_CLOEXEC)
    try:
        connection.settimeout(PATIENCE)
        connection.connect(where)  # type: ignore[arg-type]  # as getaddrinfo says, or a path
    except OSError:
        connection.close()
        raise
    return connection


def _secured(connection: _socket.socket, host: str, tls: dict[str, object]) -> _socket.socket:
    """TLS with the server's name verified, unless that was turned off."""
    import socket
    import ssl

    context = ssl.create_default_context(cafile=str(tls["ca"]) if tls.get("ca") else None)
    if tls.get("skip_verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.get("certificate"):
        context.load_cert_chain(str(tls["certificate"]), str(tls["key"]) if tls.get("key") else None)
    plain = socket.socket(fileno=connection.detach())
    plain.settimeout(PATIENCE)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise
