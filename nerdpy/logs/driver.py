"""What a log driver is. It runs in the monitor: the standard library only, and little of that.

A new driver is a file in `drivers/`, a line in `open_driver`, and its options in `logs/options.py`.
"""

from nerdpy.model.monitor import LogSettings


class LogDriver:
    """Takes a container's output. This one drops it: the driver `none`."""

    def write(self, stream: int, data: bytes) -> None:
        """Take the next piece of STDOUT or STDERR, cut anywhere. Must not raise, and not wait for long."""

    def close(self) -> None:
        """Take what is incomplete as it is: nothing more will come."""


def open_driver(settings: LogSettings) -> LogDriver:
    """The driver that the settings name."""
    if settings.driver == "json-file":
        from nerdpy.logs.drivers.json_file import JsonFile

        return JsonFile(settings)
    return LogDriver()
