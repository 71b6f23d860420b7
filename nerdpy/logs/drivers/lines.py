"""Output cut into messages, one for each line; a line of more than 16 KiB is several, as with docker."""

import os
import time

from nerdpy.logs.driver import LogDriver
from nerdpy.logs.drivers.json_file import ENTRY_LIMIT, cut_before
from nerdpy.model.monitor import STDERR, STDOUT


class Message:
    """One line without its newline, or a piece of one."""

    __slots__ = ("is_last", "moment", "number", "part_of", "stream", "text")

    def __init__(self, stream: int, text: bytes, moment: int) -> None:
        self.stream = stream
        self.text = text
        self.moment = moment
        """Nanoseconds since 1970."""
        self.part_of = ""
        """What the pieces of one line have in common; empty for a whole line."""
        self.number = 0
        """Which piece it is, from 1."""
        self.is_last = True

    @property
    def is_partial(self) -> bool:
        return bool(self.part_of)


class LineDriver(LogDriver):
    """A driver of messages: it has `send` and, if it must, `end`."""

    def __init__(self) -> None:
        self._rest = {STDOUT: b"", STDERR: b""}
        self._parts: dict[int, tuple[str, int]] = {STDOUT: ("", 0), STDERR: ("", 0)}

    def send(self, messages: list[Message]) -> None:
        """Hand some messages on."""
        raise NotImplementedError

    def end(self) -> None:
        """Nothing more will come."""

    def write(self, stream: int, data: bytes) -> None:
        *whole, rest = (self._rest[stream] + data).split(b"\n")
        messages = [message for line in whole for message in self._messages(stream, line)]
        while len(rest) > ENTRY_LIMIT:
            at = cut_before(rest, ENTRY_LIMIT)
            messages.append(self._piece(stream, rest[:at], is_last=False))
            rest = rest[at:]
        self._rest[stream] = rest
        if messages:
            self.send(messages)

    def close(self) -> None:
        for stream, rest in self._rest.items():
            if rest:
                self.send(self._messages(stream, rest))
        self._rest = {STDOUT: b"", STDERR: b""}
        self.end()

    def _messages(self, stream: int, line: bytes) -> list[Message]:
        """A line, or the end of one, in pieces that are not too long."""
        found = []
        while len(line) > ENTRY_LIMIT:
            at = cut_before(line, ENTRY_LIMIT)
            found.append(self._piece(stream, line[:at], is_last=False))
            line = line[at:]
        return [*found, self._piece(stream, line, is_last=True)]

    def _piece(self, stream: int, text: bytes, *, is_last: bool) -> Message:
        message = Message(stream, text, self.moment or time.time_ns())
        part_of, number = self._parts[stream]
        if part_of or not is_last:
            message.part_of = part_of or os.urandom(32).hex()
            message.number = number + 1
            message.is_last = is_last
        self._parts[stream] = ("", 0) if is_last else (message.part_of, message.number)
        return message
