"""docker's `syslog`: one message a line, as RFC 3164 or RFC 5424 has it, or as local programs write it.

Framing on streams: a newline after each message (RFC 6587 3.4.2); RFC 5424 over TLS counts octets (RFC 5425).
"""

import os
import time

from nerdpy.logs.driver import Waiter
from nerdpy.logs.drivers.lines import LineDriver, Message
from nerdpy.logs.drivers.remote import Server
from nerdpy.model.monitor import STDERR, LogSettings

ERROR, INFORMATIONAL = 3, 6
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Syslog(LineDriver):
    """Standard error has the severity `err`, standard output `info`."""

    def __init__(self, settings: LogSettings, waiter: Waiter) -> None:
        super().__init__()
        options = settings.options
        self._format = str(options["format"])
        self._facility = int(str(options["facility"]))
        self._tag = str(options["tag"])
        self._host = os.uname().nodename
        network = str(options["network"])
        self._counts = network == "tcp+tls" and self._format.startswith("rfc5424")
        self._server = Server(network, str(options["address"]), waiter, tls=options)

    def send(self, messages: list[Message]) -> None:
        self._server.send_all([framed(self.rendered(message), counts=self._counts) for message in messages])

    def end(self) -> None:
        self._server.close()

    def rendered(self, message: Message) -> bytes:
        """The message with its header."""
        severity = ERROR if message.stream == STDERR else INFORMATIONAL
        priority, pid, tag = self._facility * 8 + severity, os.getpid(), self._tag
        if self._format.startswith("rfc5424"):
            moment = stamp_5424(message.moment, with_micros=self._format == "rfc5424micro")
            header = f"<{priority}>1 {moment} {self._host} {tag} {pid} {tag} - "
        else:
            host = f"{self._host} " if self._format == "rfc3164" else ""
            header = f"<{priority}>{stamp_3164(message.moment)} {host}{tag}[{pid}]: "
        return header.encode() + message.text


def framed(data: bytes, *, counts: bool) -> bytes:
    """As it goes over the wire."""
    return f"{len(data)} ".encode() + data if counts else data + b"\n"


def stamp_3164(moment: int) -> str:
    """`Jan  2 15:04:05`, in the machine's zone; English whatever the locale."""
    when = time.localtime(moment // 1_000_000_000)
    return f"{_MONTHS[when.tm_mon - 1]} {when.tm_mday:2} {time.strftime('%H:%M:%S', when)}"


def stamp_5424(moment: int, *, with_micros: bool) -> str:
    """RFC 3339, in the machine's zone."""
    seconds, fraction = divmod(moment, 1_000_000_000)
    when = time.localtime(seconds)
    micros = f".{fraction // 1000:06d}" if with_micros else ""
    offset = when.tm_gmtoff // 60
    hours, minutes = divmod(abs(offset), 60)
    zone = f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}" if offset else "Z"
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', when)}{micros}{zone}"
