"""Connections on which an answer begins in time, even if its server sends a byte now and then.

A socket's timeout is for one read; status line and headers are many. So they have a clock of their own, which
cuts the connection. What follows them is read piece by piece (`transport.py`), and looks at the time itself.
"""

import socket
import threading
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

WHOLE_SECONDS = 120.0
"""How long status and headers, or a small body, may take in all."""


class _Clock(HTTPConnection):
    """What both kinds of connections have in common."""

    def getresponse(self) -> Any:
        """TimeoutError when the headers are not complete in time."""
        was_cut = threading.Event()
        watched = self.sock

        def cut() -> None:
            was_cut.set()
            if watched is not None:  # past TLS, which would first say goodbye
                socket.socket.shutdown(watched, socket.SHUT_RDWR)

        clock = threading.Timer(WHOLE_SECONDS, cut)
        clock.daemon = True
        clock.start()
        try:
            return super().getresponse()
        finally:
            clock.cancel()
            clock.join()
            if was_cut.is_set():  # headers that end there are taken as whole otherwise
                raise TimeoutError("the answer took too long to begin")


class _PlainConnection(_Clock):
    pass


class _TlsConnection(_Clock, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def bound(manager: Any) -> None:
    """Let a pool manager (of urllib3) make such connections."""
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
