"""A gRPC server on a unix socket, in this process, whose methods are plain Python functions by path."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message


class Refused(Exception):
    """What a fake method raises to end its call with a gRPC status."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code, self.details = code, details


def set_now(timestamp: Any) -> None:
    """Make a Timestamp say the present time."""
    timestamp.seconds, timestamp.nanos = divmod(time.time_ns(), 10**9)


@dataclass
class Call:
    """One call that came in."""

    path: str
    request: Any
    """The message, the list of messages that came on a stream, or bytes where no type is declared."""
    headers: dict[str, str]
    context: Any = field(repr=False, default=None)

    @property
    def namespace(self) -> str:
        return self.headers.get("containerd-namespace", "")

    @property
    def method(self) -> str:
        """`Containers.Get`."""
        service, _, method = self.path.rpartition("/")
        return f"{service.rpartition('.')[2]}.{method}"


@dataclass(frozen=True)
class Method:
    """`function(request, call)`: a message for unary, an iterable of messages for streaming methods."""

    function: Callable[[Any, Call], Any]
    request: type[Message] | None
    has_many_requests: bool = False
    has_many_answers: bool = False


class Server(grpc.GenericRpcHandler):  # type: ignore[type-arg]
    """Serves `methods`; remembers every call; fails or hangs where a test says so."""

    def __init__(self, socket: Path, methods: dict[str, Method]) -> None:
        self.address = str(socket)
        self.methods = methods
        self.calls: list[Call] = []
        self.released = threading.Event()
        """Set when the server stops: hanging calls end."""
        self._failures: dict[str, list[Refused]] = {}
        self._hanging: dict[str, threading.Event] = {}
        self._pool = futures.ThreadPoolExecutor(max_workers=32)
        self._server = grpc.server(self._pool)
        self._server.add_generic_rpc_handlers((self,))
        self._server.add_insecure_port(f"unix:{socket}")
        self._server.start()

    def stop(self) -> None:
        self.released.set()
        for event in self._hanging.values():
            event.set()
        self._server.stop(0).wait()
        self._pool.shutdown()

    def fail(self, method: str, code: grpc.StatusCode, details: str) -> None:
        """The next call of `Service.Method` ends so."""
        self._failures.setdefault(method, []).append(Refused(code, details))

    def hang(self, method: str) -> threading.Event:
        """Calls of `Service.Method` do not answer until the event is set, or the server stops."""
        self._hanging[method] = threading.Event()
        return self._hanging[method]

    def called(self, method: str) -> list[Call]:
        """The calls of `Service.Method` so far."""
        return [call for call in self.calls if call.method == method]

    def service(self, handler_call_details: Any) -> Any:
        method = self.methods.get(handler_call_details.method)
        if method is None:
            return None
        kind = ("stream" if method.has_many_requests else "unary") + (
            "_stream" if method.has_many_answers else "_unary"
        )
        handler = getattr(grpc, f"{kind}_rpc_method_handler")
        answer = self._answers if method.has_many_answers else self._answer
        path = handler_call_details.method
        return handler(lambda request, context: answer(path, method, request, context))

    def _began(self, path: str, method: Method, request: Any, context: Any) -> tuple[Any, Call]:
        decode = method.request.FromString if method.request else bytes
        value = map(decode, request) if method.has_many_requests else decode(request)
        call = Call(path, value, dict(context.invocation_metadata()), context)
        self.calls.append(call)
        if call.method in self._hanging:
            self._hanging[call.method].wait()
        if self._failures.get(call.method):
            refused = self._failures[call.method].pop(0)
            context.abort(refused.code, refused.details)
        return value, call

    def _answer(self, path: str, method: Method, request: Any, context: Any) -> bytes:
        value, call = self._began(path, method, request, context)
        try:
            return _encoded(method.function(value, call))
        except Refused as refused:
            context.abort(refused.code, refused.details)
            raise

    def _answers(self, path: str, method: Method, request: Any, context: Any) -> Iterator[bytes]:
        value, call = self._began(path, method, request, context)
        answers: Iterable[Message] = method.function(value, call)
        try:
            for answer in answers:
                yield _encoded(answer)
        except Refused as refused:
            context.abort(refused.code, refused.details)


def _encoded(message: Message | None) -> bytes:
    """None is google.protobuf.Empty."""
    return message.SerializeToString() if message is not None else b""
