"""What a log driver is. It runs in the monitor: the standard library only, and little of that.

A new driver is a file in `drivers/`, a line in `open_driver`, and its options in `logs/options.py`. One that
may have to wait (for a server, for a program) is run by `drivers/relay.py` in a process of its own.
"""

from nerdpy.model.monitor import LogSettings

TYPE_CHECKING = False  # typing would bring collections
if TYPE_CHECKING:
    from collections.abc import Callable


class LogDriver:
    """Takes a container's output. This one drops it: the driver `none`."""

    moment = 0
    """Nanoseconds since 1970 when what is written was read, where that is not now."""

    def write(self, stream: int, data: bytes) -> None:
        """Take the next piece of STDOUT or STDERR, cut anywhere. Must not raise, and not wait for long."""

    def close(self) -> None:
        """Take what is incomplete as it is: nothing more will come."""

    def descriptor(self) -> int:
        """What to poll for writing before `flush`; -1: nothing is to be flushed."""
        return -1

    def flush(self) -> None:
        """Go on with what could not be handed on at once."""

    def patience(self) -> float | None:
        """Seconds for which the container may be held up, since nothing more can be taken; None: it goes
        on."""
        return None


def open_driver(settings: LogSettings, note: "Callable[[str], None]") -> LogDriver:
    """The driver that the settings name; it complains by `note`."""
    driver = settings.driver
    if driver == "none":
        return LogDriver()
    if driver == "file":
        from nerdpy.logs.drivers.plain_file import PlainFile

        return PlainFile(settings.path, note)
    if driver == "json-file" and not settings.buffer_size:
        return _json_file(settings)
    from nerdpy.logs.drivers.relay import Relay

    return Relay(settings.buffer_size, lambda waiter: waiting_driver(settings, waiter), note)


def _json_file(settings: LogSettings) -> LogDriver:
    from nerdpy.logs.drivers.json_file import JsonFile

    return JsonFile(settings)


def waiting_driver(settings: LogSettings, waiter: "Waiter") -> LogDriver:
    """The driver that a relay runs. It may wait as long as the waiter lets it, and may raise OSError when it
    can't go on at all."""
    if settings.driver == "json-file":
        return _json_file(settings)
    if settings.driver == "binary":
        from nerdpy.logs.drivers.program import Program

        return Program(settings, waiter)
    if settings.driver == "journald":
        from nerdpy.logs.drivers.journald import Journald

        return Journald(settings, waiter)
    if settings.driver == "fluentd":
        from nerdpy.logs.drivers.fluentd import Fluentd

        return Fluentd(settings, waiter)
    from nerdpy.logs.drivers.syslog import Syslog

    return Syslog(settings, waiter)


class Waiter:
    """How long a driver may still wait; this one lets it wait for ever."""

    def wait(self, seconds: float) -> bool:
        """Sleep so long, or shorter; False: give up, the container has ended long ago."""
        raise NotImplementedError

    def note(self, text: str) -> None:
        """Complain, once for each reason."""
        raise NotImplementedError
