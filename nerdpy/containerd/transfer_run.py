"""One transfer under way: the call itself, and the threads that serve its streams."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from nerdpy.containerd.api import transfer_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.channel import import_grpc
from nerdpy.containerd.streams import Stream
from nerdpy.errors import Cancelled, NerdpyError

if TYPE_CHECKING:
    from google.protobuf.message import Message

PATH = "/containerd.services.transfer.v1.Transfer/Transfer"
LOOK = 0.2
"""Seconds between two looks whether the transfer is given up or one of its threads has failed."""
DRAIN = 5.0
"""Seconds that the last messages of a stream may take after the transfer is done."""


class Served:
    """A stream, and the thread that works on it."""

    def __init__(self, stream: Stream, work: Callable[[Stream], None]) -> None:
        self.stream = stream
        self.failure: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run, name=stream.id, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work(self.stream)
        except BaseException as error:  # carried to the thread that waits
            self.failure = error

    def drain(self, seconds: float | None = None) -> None:
        """Wait until containerd has closed the stream and everything in it is handled."""
        self._thread.join(seconds)

    @property
    def has_failed_here(self) -> bool:
        """Was it our side (a callback, a file) and not the stream?"""
        return self.failure is not None and not isinstance(self.failure.__cause__, import_grpc().RpcError)


class Running:
    """Leaving the block cancels whatever still goes on, here and in containerd."""

    def __init__(self, calls: Calls, is_given_up: Callable[[], bool] | None) -> None:
        self._calls = calls
        self._is_given_up = is_given_up or (lambda: False)
        self._served: list[Served] = []

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        for served in self._served:
            served.stream.cancel()

    def serve(self, purpose: str, work: Callable[[Stream], None]) -> Served:
        """Open a stream and let `work` deal with it in a thread of its own."""
        served = Served(Stream(self._calls, purpose), work)
        self._served.append(served)
        return served

    def run(self, source: "Message", destination: "Message", progress: Served | None = None) -> None:
        """Transfer, and wait for it. Interrupts and failures of our side cancel the call."""
        request = api.TransferRequest()
        for end, message in ((request.source, source), (request.destination, destination)):
            end.type_url, end.value = message.DESCRIPTOR.full_name, message.SerializeToString()
        if progress is not None:
            request.options.progress_stream = progress.stream.id
        call = self._calls.begin(PATH, request)
        timeout = import_grpc().FutureTimeoutError
        try:
            while True:
                self._raise_failures()
                try:
                    with self._calls.translating(PATH):
                        call.result(LOOK)
                    break
                except timeout:
                    continue
        except NerdpyError:
            self._raise_failures()  # the reason, where containerd only saw a stream break off
            raise
        finally:
            call.cancel()
        if progress is not None:
            progress.drain(DRAIN)
        self._raise_failures()

    def _raise_failures(self) -> None:
        for served in self._served:
            if served.failure is not None and served.has_failed_here:
                raise served.failure
        if self._is_given_up():
            raise Cancelled("the transfer was given up")
