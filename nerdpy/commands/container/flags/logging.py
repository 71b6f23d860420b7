"""Flags for where the container's output goes."""

from dataclasses import dataclass, field
from typing import Annotated

from nerdpy import errors
from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import each
from nerdpy.errors import UsageError
from nerdpy.model.options import LogOptions
from nerdpy.model.pairs import parse_pair

DRIVERS = ("json-file", "none")
_ELSEWHERE = frozenset(
    {
        "journald",
        "syslog",
        "fluentd",
        "local",
        "gelf",
        "awslogs",
        "splunk",
        "gcplogs",
        "etwlogs",
        "logentries",
    }
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LoggingFlags:
    """Where its output goes."""

    log_driver: Annotated[
        str, Option("--log-driver", help="Keep the output in a json-file, or keep none", metavar="DRIVER")
    ] = "json-file"
    log_opt: Annotated[
        list[str],
        Option("--log-opt", help="Option of the log driver, as in max-size=10m", metavar="KEY=VALUE"),
    ] = field(default_factory=list)

    def parse_logging(self) -> LogOptions:
        """The driver's own rules for its options are in `logs/options.py`."""
        driver = self.log_driver or "json-file"
        if driver in _ELSEWHERE or "://" in driver:
            raise errors.NotImplemented(
                f'log driver "{driver}" is not built yet',
                hint="use json-file, and read it with `nerdpy logs`",
            )
        if driver not in DRIVERS:
            raise UsageError(f'log driver "{driver}" is not known', hint=f"use {' or '.join(DRIVERS)}")
        if driver == "none" and self.log_opt:
            raise UsageError("invalid logging options for driver none", hint="leave --log-opt out")
        return LogOptions(
            driver=driver,
            options=dict(each("--log-opt", self.log_opt, lambda text: parse_pair(text, "log option"))),
        )
