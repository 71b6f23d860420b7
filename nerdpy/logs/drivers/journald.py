"""docker's `journald`: one entry a line, with docker's fields, by the journal's native protocol
(https://systemd.io/JOURNAL_NATIVE_PROTOCOL)."""

from nerdpy.logs.driver import Waiter
from nerdpy.logs.drivers.lines import LineDriver, Message
from nerdpy.logs.drivers.remote import Server
from nerdpy.logs.drivers.syslog import stamp_5424
from nerdpy.model.monitor import STDERR, LogSettings

PRIORITIES = {True: b"3", False: b"6"}


class Journald(LineDriver):
    """Standard error has the priority `err`, standard output `info`."""

    def __init__(self, settings: LogSettings, waiter: Waiter) -> None:
        super().__init__()
        fields = settings.options["fields"]
        given = fields if isinstance(fields, dict) else {}
        self._fixed = b"".join(render_field(name, str(value).encode()) for name, value in given.items())
        self._server = Server("unixgram", str(settings.options["address"]), waiter)

    def send(self, messages: list[Message]) -> None:
        self._server.send_all([self.rendered(message) for message in messages])

    def end(self) -> None:
        self._server.close()

    def rendered(self, message: Message) -> bytes:
        """One datagram."""
        stamp = stamp_5424(message.moment, with_micros=True)
        entry = [
            render_field("MESSAGE", message.text),
            render_field("PRIORITY", PRIORITIES[message.stream == STDERR]),
            render_field("SYSLOG_TIMESTAMP", stamp.encode()),
            self._fixed,
        ]
        if message.is_partial:
            entry += [
                render_field("CONTAINER_PARTIAL_MESSAGE", b"true") if not message.is_last else b"",
                render_field("CONTAINER_PARTIAL_ID", message.part_of.encode()),
                render_field("CONTAINER_PARTIAL_ORDINAL", str(message.number).encode()),
                render_field("CONTAINER_PARTIAL_LAST", b"true" if message.is_last else b"false"),
            ]
        return b"".join(entry)


def render_field(name: str, value: bytes) -> bytes:
    """`NAME=value`, or with the length where the value has several lines."""
    if b"\n" not in value:
        return b"%s=%s\n" % (name.encode(), value)
    return b"%s\n%s%s\n" % (name.encode(), len(value).to_bytes(8, "little"), value)
