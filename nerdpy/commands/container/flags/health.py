"""Flags for health checks."""

from datetime import timedelta
from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import parsed
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError
from nerdpy.model.duration import parse_duration
from nerdpy.model.health import SHORTEST, HealthCheck

_TIMES = ("interval", "timeout", "start-period", "start-interval")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HealthFlags:
    """Health checks."""

    health_cmd: Annotated[
        str,
        Option("--health-cmd", help="Command that tells by its exit code whether the container is healthy"),
    ] = ""
    health_interval: Annotated[
        str,
        Option("--health-interval", help="Time between two checks (default 30s)", metavar="DURATION"),
    ] = "0s"
    health_timeout: Annotated[
        str,
        Option("--health-timeout", help="Longest time of one check (default 30s)", metavar="DURATION"),
    ] = "0s"
    health_retries: Annotated[
        int,
        Option("--health-retries", help="Failures in a row that make it unhealthy (default 3)", metavar="N"),
    ] = 0
    health_start_period: Annotated[
        str,
        Option(
            "--health-start-period",
            help="Time to start up, in which failures don't count",
            metavar="DURATION",
        ),
    ] = "0s"
    health_start_interval: Annotated[
        str,
        Option(
            "--health-start-interval",
            help="Time between checks while starting up (default 5s)",
            metavar="DURATION",
        ),
    ] = "0s"
    no_healthcheck: Annotated[bool, Option("--no-healthcheck", help="Don't run the image's health check")] = (
        False
    )

    def parse_health(self) -> HealthCheck | None:
        """What is said of health checks; None: nothing, so the image's is run. docker's words for what is
        refused."""
        interval, timeout, start_period, start_interval = (
            self._time(f"health-{name}", getattr(self, f"health_{name.replace('-', '_')}")) for name in _TIMES
        )
        if self.health_retries < 0:
            raise UsageError("--health-retries cannot be negative")
        check = HealthCheck(
            test=("CMD-SHELL", self.health_cmd) if self.health_cmd else (),
            interval=interval,
            timeout=timeout,
            retries=self.health_retries,
            start_period=start_period,
            start_interval=start_interval,
        )
        is_given = check != HealthCheck()
        if self.no_healthcheck and is_given:
            raise UsageError("--no-healthcheck conflicts with --health-* options", hint="leave one out")
        if self.no_healthcheck:
            return HealthCheck(test=("NONE",))
        return check if is_given else None

    def _time(self, flag: str, text: str) -> timedelta:
        time = parsed(f"--{flag}", text, parse_duration)
        if time < timedelta():
            raise UsageError(f"--{flag} cannot be negative")
        if timedelta() < time < SHORTEST:
            raise UsageError(f"--{flag} cannot be less than 1ms")
        return time
