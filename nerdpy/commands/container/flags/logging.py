"""Flags for where the container's output goes."""

from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import each
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import UsageError
from nerdpy.model.options import LogOptions
from nerdpy.model.pairs import parse_pair


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LoggingFlags:
    """Where its output goes."""

    log_driver: Annotated[
        str,
        Option(
            "--log-driver",
            help="Where the output goes: json-file, none, journald, syslog, fluentd, or a log URI",
            metavar="DRIVER",
        ),
    ] = "json-file"
    log_opt: Annotated[
        list[str],
        Option("--log-opt", help="Option of the log driver, as in max-size=10m", metavar="KEY=VALUE"),
    ] = field(default_factory=list)

    def parse_logging(self) -> LogOptions:
        """The driver and its options; each driver has its own rules."""
        from nerdpy.logs.options import check_log_options

        logging = LogOptions(
            driver=self.log_driver or "json-file",
            options=dict(each("--log-opt", self.log_opt, lambda text: parse_pair(text, "log option"))),
        )
        if logging.driver == "none" and logging.options:
            raise UsageError("invalid logging options for driver none", hint="leave --log-opt out")
        check_log_options(logging)
        return logging
