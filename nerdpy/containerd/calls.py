"""How every call is made: namespace and lease headers, a deadline, errors translated."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nerdpy.containerd.channel import Channel, import_grpc
from nerdpy.containerd.errors import translated
from nerdpy.dataclass import dataclass, replace
from nerdpy.errors import NerdpyError

if TYPE_CHECKING:
    from google.protobuf.message import Message

Answer = TypeVar("Answer", bound="Message")

DEADLINE = timedelta(seconds=30)
"""Of a call that is given none."""
ALMOST = 0.95
"""containerd's clock may be ahead of ours by the time that the question takes to it."""
AT_ONCE = 64
"""How many calls of `many` are under way at any time."""


@dataclass(frozen=True)
class Calls:
    """A channel, and what is stamped on each call that goes through it."""

    channel: Channel
    namespace: str = ""
    lease: str = ""
    deadline: timedelta = DEADLINE

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        lease = (("containerd-lease", self.lease),) if self.lease else ()
        return (("containerd-namespace", self.namespace), *lease) if self.namespace else lease

    def within(self, deadline: timedelta) -> "Calls":
        return replace(self, deadline=deadline)

    def unary(self, path: str, request: "Message", answer: type[Answer]) -> Answer:
        """One question, one answer."""
        return answer.FromString(self.send(path, request))

    def send(self, path: str, request: "Message | bytes") -> bytes:
        """One question whose answer is empty, or is decoded by the caller."""
        deadline = self.deadline
        with self.translating(path, deadline):
            method = self.channel.method("unary_unary", path)
            data = request if isinstance(request, bytes) else request.SerializeToString()
            answer: bytes = method(data, timeout=deadline.total_seconds(), metadata=self.headers)
            return answer

    def begin(self, path: str, request: "Message") -> Any:
        """One question whose answer is waited for elsewhere: a grpc future, without a deadline."""
        with self.translating(path):
            method = self.channel.method("unary_unary", path)
            return method.future(request.SerializeToString(), metadata=self.headers)

    def many(self, path: str, requests: Iterable["Message"]) -> Iterator[bytes | NerdpyError]:
        """Many small questions at once, some under way at any time: the answers in order, undecoded, an error
        in the place of one that failed. A call costs a fifth of what it costs by itself."""
        under_way: deque[Any] = deque()
        seconds = self.deadline.total_seconds()
        method = self.channel.method("unary_unary", path)
        for request in requests:
            data = request.SerializeToString()
            under_way.append(method.future(data, timeout=seconds, metadata=self.headers))
            if len(under_way) == AT_ONCE:
                yield self._result(path, under_way.popleft())
        while under_way:
            yield self._result(path, under_way.popleft())

    def _result(self, path: str, future: Any) -> bytes | NerdpyError:
        try:
            with self.translating(path, self.deadline):
                answer: bytes = future.result()
                return answer
        except NerdpyError as error:
            return error

    def stream(self, path: str, request: "Message", answer: type[Answer]) -> "Answers[Answer]":
        """One question, many answers."""
        with self.translating(path):
            method = self.channel.method("unary_stream", path)
            return Answers(self, path, method(request.SerializeToString(), metadata=self.headers), answer)

    def duplex(
        self,
        path: str,
        requests: Iterable["Message"],
        answer: type[Answer],
        deadline: timedelta | None = None,
    ) -> "Answers[Answer]":
        """Many questions, many answers; `requests` is iterated in a thread of gRPC's."""
        seconds = deadline.total_seconds() if deadline else None
        data = (request.SerializeToString() for request in requests)
        with self.translating(path, deadline):
            method = self.channel.method("stream_stream", path)
            return Answers(self, path, method(data, timeout=seconds, metadata=self.headers), answer)

    @contextmanager
    def translating(self, path: str, deadline: timedelta | None = None) -> Iterator[None]:
        """Foreign exceptions become nerdpy's."""
        begun = time.monotonic()
        try:
            yield
        except Exception as error:
            if not isinstance(error, import_grpc().RpcError):
                raise
            spent = time.monotonic() - begun
            is_over = deadline is not None and spent >= deadline.total_seconds() * ALMOST
            raise translated(error, path, self.channel.address, deadline if is_over else None) from error


class Answers(Generic[Answer]):
    """The answers of a streaming call. `cancel`, from any thread, ends an iteration quietly."""

    def __init__(self, calls: Calls, path: str, call: Any, answer: type[Answer]) -> None:
        self._calls, self._path, self._call, self._answer = calls, path, call, answer
        self._is_cancelled = False

    def __iter__(self) -> Iterator[Answer]:
        return self

    def __next__(self) -> Answer:
        try:
            with self._calls.translating(self._path):
                return self._answer.FromString(next(self._call))
        except BaseException as error:
            if self._is_cancelled and not isinstance(error, KeyboardInterrupt | SystemExit):
                raise StopIteration from error
            self._call.cancel()
            raise

    def cancel(self) -> None:
        """Give the call up; containerd is told."""
        self._is_cancelled = True
        self._call.cancel()

    def __enter__(self) -> "Answers[Answer]":
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()
