"""A server that answers forever does not hold a command forever."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from nerdpy.errors import DeadlineExceeded, Unavailable
from nerdpy.registry import bounded, transport
from nerdpy.registry.transport import Request, Transport

pytestmark = pytest.mark.may_run
Serve = Callable[[bytes, bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Says the beginning at once, and then the same piece again and again; the URL."""
    stopped = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def answer(beginning: bytes, drip: bytes) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(beginning)
                while drip and not stopped.wait(0.01):
                    connection.sendall(drip)
            except OSError:
                return  # given up, as it should be

    def start(beginning: bytes, drip: bytes) -> str:
        threads.append(threading.Thread(target=answer, args=(beginning, drip)))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    stopped.set()
    for thread in threads:
        thread.join()
    listener.close()


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nX: "])
def test_headers_that_drip_are_given_up(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    monkeypatch.setattr(bounded, "WHOLE_SECONDS", 0.2)
    with pytest.raises(DeadlineExceeded, match="does not answer in time"):
        Transport().send(Request(method="GET", url=serve(beginning, b"x")))


def test_a_body_that_drips_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 0.2)
    answer = Transport().send(Request(method="GET", url=serve(b"HTTP/1.1 200 OK\r\n\r\n", b"x")))
    with pytest.raises(DeadlineExceeded, match="is not complete after"):
        answer.read(1 << 30)


def test_a_body_that_breaks_off_is_an_error(serve: Serve) -> None:
    url = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", b"")
    with pytest.raises(Unavailable, match="broke off"):
        Transport().send(Request(method="GET", url=url)).read(100)


def test_what_is_no_http_is_an_error(serve: Serve) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        Transport().send(Request(method="GET", url=serve(b"SSH-2.0-OpenSSH\r\n", b"")))
