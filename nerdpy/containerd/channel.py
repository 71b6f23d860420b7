"""The unix channel to containerd, and the only place where gRPC is imported (grpcio's `grpc.Channel`)."""

import errno
import os
import socket
import stat
import sys
import threading
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nerdpy.errors import NerdpyError, PermissionDenied, Unavailable

if TYPE_CHECKING:
    import grpc

START_HINT = "start an engine with `nerdpy system start`, or name another socket with --address"
OPTIONS = (
    ("grpc.max_receive_message_length", -1),  # a listing of many containers with their specs is large
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_http_proxy", 0),  # HTTP_PROXY is for registries
    ("grpc.enable_retries", 0),  # a call that may have been done is never done twice
    ("grpc.service_config_disable_resolution", 1),
    ("grpc.use_local_subchannel_pool", 1),  # no back-off inherited from another client
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
)

_IMPORTING = threading.Lock()


class Later(ModuleType):
    """Stands for a module until somebody looks into it; then it is the real one that answers."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def import_grpc() -> Any:
    """Import gRPC without asyncio.

    `import grpc` pulls in `grpc.aio`, and its C part asyncio, ssl and subprocess: more than half of the
    time it takes. The synchronous API uses none of it. So, while grpc is being imported, other modules
    stand for both: an empty one for `grpc.aio`, and for asyncio one that hands every attribute on to the
    real asyncio, which it imports when (and if) the first is asked for; so does another for `inspect`.
    Afterwards the names are free again: `import asyncio` and `import grpc.aio` get the real ones and work, as
    tests/unit/containerd/test_channel.py proves. Measured (2 cores, Python 3.11, grpcio 1.85): 54 ms
    without this, 15 ms with it, 3 of 18 by `inspect`.
    """
    if "grpc" in sys.modules or "asyncio" in sys.modules:
        import grpc

        return grpc
    with _IMPORTING:
        return sys.modules.get("grpc") or _import_alone()


def _import_alone() -> Any:
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its log lines have no business on our stderr
    standing = {"asyncio": Later("asyncio"), "grpc.aio": ModuleType("grpc.aio")}
    if "inspect" not in sys.modules:
        standing["inspect"] = Later("inspect")
    sys.modules.update(standing)
    try:
        import grpc
    finally:
        for name, module in standing.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
    if vars(grpc).get("aio") is standing["grpc.aio"]:
        del grpc.aio
    return grpc


class Channel:
    """One connection, opened by the first call, shared by the clients of all namespaces and by threads."""

    def __init__(self, address: str) -> None:
        self.address = address.removeprefix("unix://")
        self._lock = threading.Lock()
        self._open: grpc.Channel | None = None
        self._methods: dict[tuple[str, str], Any] = {}

    def method(self, kind: str, path: str) -> Any:
        """grpc's multi-callable of `kind` (unary_unary, unary_stream, stream_stream): bytes both ways."""
        found = self._methods.get((kind, path))
        if found is None:
            found = getattr(self._opened(), kind)(path)
            self._methods[kind, path] = found
        return found

    def _opened(self) -> "grpc.Channel":
        with self._lock:
            if self._open is None:
                check_socket(self.address)
                grpc = import_grpc()
                self._open = grpc.insecure_channel(f"unix:{self.address}", options=OPTIONS)
            return self._open

    def close(self) -> None:
        """Cancel what is under way and close the socket; a later call opens it again."""
        with self._lock:
            opened, self._open = self._open, None
            self._methods.clear()
        if opened is not None:
            opened.close()


def check_socket(address: str) -> None:
    """Fail at once, and say why, where gRPC would only say that it could not connect."""
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.settimeout(5)
        probe.connect(address)
    except OSError as error:
        raise _refusal(address, error) from error
    finally:
        probe.close()


def _refusal(address: str, error: OSError) -> NerdpyError:
    if error.errno in (errno.EACCES, errno.EPERM):
        return PermissionDenied(
            f'no permission to talk to containerd at "{address}"',
            hint="try again with sudo, or use an engine of your own: `nerdpy system start`",
        )
    if error.errno == errno.ENOENT:
        return Unavailable(f'no containerd at "{address}": there is no such socket', hint=START_HINT)
    if error.errno == errno.ECONNREFUSED and not _is_socket(address):
        return Unavailable(f'"{address}" is not a socket', hint=START_HINT)
    if error.errno == errno.ECONNREFUSED:
        return Unavailable(f'nobody listens on "{address}": containerd is not running', hint=START_HINT)
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    return Unavailable(f'cannot connect to containerd at "{address}": {reason}', hint=START_HINT)


def _is_socket(address: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(address).st_mode)
    except OSError:
        return True
