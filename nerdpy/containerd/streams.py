"""containerd.services.streaming.v1: named two-way streams of Any, which other calls name by id."""

from collections.abc import Iterator
from queue import SimpleQueue
from secrets import token_hex
from typing import TYPE_CHECKING

from nerdpy.containerd.api.any_pb2 import Any as WireAny
from nerdpy.containerd.api.streaming_pb2 import StreamInit
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.typeurl import name_of
from nerdpy.errors import Unavailable

if TYPE_CHECKING:
    from google.protobuf.message import Message

PATH = "/containerd.services.streaming.v1.Streaming/Stream"
INIT = "containerd.services.streaming.v1.StreamInit"


class Stream:
    """One stream, known to containerd when the constructor returns. `send` and `cancel` from any thread."""

    def __init__(self, calls: Calls, purpose: str) -> None:
        self.id = f"nerdpy-{purpose}-{token_hex(8)}"
        self._outgoing: SimpleQueue[WireAny | None] = SimpleQueue()
        self.send(INIT, StreamInit(id=self.id))
        self._answers = calls.duplex(PATH, self._requests(), WireAny)
        if next(self._answers, None) is None:  # an empty answer says that the id is known now
            raise Unavailable("containerd closed a stream before it was open")

    def _requests(self) -> Iterator[WireAny]:
        while (message := self._outgoing.get()) is not None:
            yield message

    def send(self, name: str, message: "Message") -> None:
        """Queue a message; `name` is its full name."""
        self._outgoing.put(WireAny(type_url=name, value=message.SerializeToString()))

    def finish(self) -> None:
        """Nothing more will be sent; the other side may go on."""
        self._outgoing.put(None)

    def cancel(self) -> None:
        """Give the stream up; an iteration in another thread ends."""
        self._outgoing.put(None)
        self._answers.cancel()

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """What comes in: full name and bytes of each message, until the other side closes."""
        for message in self._answers:
            yield name_of(message.type_url), message.value
