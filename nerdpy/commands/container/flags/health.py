"""Flags for health checks."""

from typing import Annotated

from nerdpy.cli.flags import Later, Option
from nerdpy.dataclass import dataclass

_HEALTH = "health checks are not built yet"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HealthFlags:
    """Health checks."""

    health_cmd: Annotated[
        str,
        Option("--health-cmd", help="Command that tells whether the container is healthy"),
        Later(_HEALTH),
    ] = ""
    health_interval: Annotated[
        str,
        Option("--health-interval", help="Time between two checks (default 30s)", metavar="DURATION"),
        Later(_HEALTH),
    ] = "0s"
    health_timeout: Annotated[
        str,
        Option("--health-timeout", help="Longest time of one check (default 30s)", metavar="DURATION"),
        Later(_HEALTH),
    ] = "0s"
    health_retries: Annotated[
        int,
        Option("--health-retries", help="Failures in a row that make it unhealthy", metavar="N"),
        Later(_HEALTH),
    ] = 0
    health_start_period: Annotated[
        str,
        Option(
            "--health-start-period",
            help="Time to start up, in which failures don't count",
            metavar="DURATION",
        ),
        Later(_HEALTH),
    ] = "0s"
    health_start_interval: Annotated[
        str,
        Option("--health-start-interval", help="Time between checks while starting up", metavar="DURATION"),
        Later(_HEALTH),
    ] = "0s"
    no_healthcheck: Annotated[bool, Option("--no-healthcheck", help="Don't run the image's health check")] = (
        False
    )
    """As asked: none is run."""
