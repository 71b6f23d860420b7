"""docker's `fluentd`: one event a line, by version 1 of the forward protocol, in message mode
(https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1)."""

import _socket
import os
from functools import partial

from nerdpy.logs.driver import Waiter
from nerdpy.logs.drivers.lines import LineDriver, Message
from nerdpy.logs.drivers.msgpack import Extension, Value, map_head, members, pack
from nerdpy.logs.drivers.remote import Server
from nerdpy.model.monitor import STDERR, LogSettings

EVENT_TIME = 0
"""The ext type of a time with nanoseconds."""
SECOND = 1_000_000_000


class Fluentd(LineDriver):
    """The record's keys are docker's."""

    def __init__(self, settings: LogSettings, waiter: Waiter) -> None:
        super().__init__()
        options = settings.options
        record = options["record"]
        fixed: dict[str, Value] = {**(record if isinstance(record, dict) else {}), **settings.attributes}
        self._start = b"\x94" + pack(str(options["tag"]))  # an array of four
        self._fixed, self._count = members(fixed), len(fixed)
        self._is_precise = bool(options.get("sub_second"))
        self._wants_answer = bool(options.get("request_ack"))
        self._server = Server(str(options["network"]), str(options["address"]), waiter)
        self._server.timeout = float(str(options.get("timeout", self._server.timeout)))
        self._server.attempts = int(str(options.get("attempts", 0)))
        self._server.first_pause = float(str(options.get("retry_wait", 1.0)))
        self._server.longest_pause = float(str(options.get("longest_wait", 10.0)))

    def send(self, messages: list[Message]) -> None:
        if not self._wants_answer:
            self._server.send_all([self.rendered(message) for message in messages])
            return
        for message in messages:
            chunk = os.urandom(16).hex()
            answered = partial(_await, chunk)
            self._server.send(self.rendered(message, chunk), answered)

    def end(self) -> None:
        self._server.close()

    def rendered(self, message: Message, chunk: str = "") -> bytes:
        """`[tag, time, record, option]`."""
        seconds, rest = divmod(message.moment, SECOND)
        moment: Value = seconds
        if self._is_precise:
            moment = Extension(EVENT_TIME, seconds.to_bytes(4) + rest.to_bytes(4))
        record: dict[str, Value] = {
            "source": "stderr" if message.stream == STDERR else "stdout",
            "log": message.text,
        }
        if message.is_partial:
            record |= {
                "partial_message": "true",
                "partial_id": message.part_of,
                "partial_ordinal": str(message.number),
                "partial_last": "true" if message.is_last else "false",
            }
        option: dict[str, Value] = {"chunk": chunk} if chunk else {}
        head = map_head(self._count + len(record))
        return b"".join((self._start, pack(moment), head, self._fixed, members(record), pack(option)))


def _await(chunk: str, connection: _socket.socket) -> None:
    """Read `{"ack": chunk}`; anything else, silence too, is an OSError."""
    wanted = pack({"ack": chunk})
    answer = b""
    while len(answer) < len(wanted):
        more = connection.recv(len(wanted) - len(answer))
        if not more:
            raise OSError("the connection was closed before the answer")
        answer += more
    if answer != wanted:
        raise OSError("the answer is another event's")
