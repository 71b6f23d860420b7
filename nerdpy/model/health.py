"""Pure: health checks as docker has them: what is asked for, what a probe makes of the state, what is shown.

The numbers, and what follows what, are those of docker's daemon (moby `daemon/health.go`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from nerdpy.dataclass import asdict, dataclass, replace

HEALTHY, UNHEALTHY, STARTING = "healthy", "unhealthy", "starting"
STATES = (STARTING, HEALTHY, UNHEALTHY, "none")
"""What the filter `health` of `ps` can ask for."""

DEFAULT_INTERVAL = DEFAULT_TIMEOUT = timedelta(seconds=30)
DEFAULT_START_INTERVAL = timedelta(seconds=5)
DEFAULT_RETRIES = 3
SHORTEST = timedelta(milliseconds=1)
KEPT_RESULTS = 5
OUTPUT_LIMIT = 4096
"""Bytes of a probe's output that are kept."""
SHELL = ("/bin/sh", "-c")
NOT_RUN = -1
"""The exit code of a probe that could not be started, or was killed because its time was up."""

_TIMES = ("Interval", "Timeout", "StartPeriod", "StartInterval")
_NONE = timedelta()


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """docker's `Healthcheck`; what is zero or empty is not said, and has its default when it is used."""

    test: tuple[str, ...] = ()
    """`("NONE",)`, `("CMD", word...)`, `("CMD-SHELL", text)`; with any other first word an argument
    vector."""
    interval: timedelta = _NONE
    timeout: timedelta = _NONE
    retries: int = 0
    start_period: timedelta = _NONE
    start_interval: timedelta = _NONE

    @property
    def is_active(self) -> bool:
        """Is there something to run?"""
        return bool(self.argv())

    def argv(self, shell: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The probe's argument vector; `shell` is the image's own, where it names one."""
        if not self.test or self.test[0] in {"", "NONE"}:
            return ()
        kind, *words = self.test
        if kind == "CMD-SHELL":
            return (*(shell or SHELL), " ".join(words)) if words else ()
        return tuple(words) if kind == "CMD" else self.test

    def over(self, image: "HealthCheck | None") -> "HealthCheck":
        """This one, with the image's word for each thing that it does not say."""
        if image is None:
            return self
        given = {name: value for name, value in asdict(self).items() if value}
        return replace(image, **given)

    def with_defaults(self) -> "HealthCheck":
        """What is meant where nothing is said."""
        return replace(
            self,
            interval=self.interval or DEFAULT_INTERVAL,
            timeout=self.timeout or DEFAULT_TIMEOUT,
            retries=self.retries or DEFAULT_RETRIES,
            start_interval=self.start_interval or DEFAULT_START_INTERVAL,
        )


def healthcheck_json(check: HealthCheck) -> dict[str, Any]:
    """As `Config.Healthcheck` holds it: nanoseconds, and only what is said."""
    times = (check.interval, check.timeout, check.start_period, check.start_interval)
    value = {
        "Test": list(check.test),
        **{key: time // timedelta(microseconds=1) * 1000 for key, time in zip(_TIMES, times, strict=True)},
        "Retries": check.retries,
    }
    return {key: item for key, item in value.items() if item}


def parse_healthcheck(value: object) -> HealthCheck | None:
    """`Config.Healthcheck` of an image or a container; None where there is none. What is malformed counts
    as not said: images are made by many."""
    if not isinstance(value, Mapping):
        return None
    test, retries = value.get("Test"), value.get("Retries")
    interval, timeout, start_period, start_interval = (_time(value.get(key)) for key in _TIMES)
    return HealthCheck(
        test=tuple(map(str, test)) if isinstance(test, list) else (),
        interval=interval,
        timeout=timeout,
        start_period=start_period,
        start_interval=start_interval,
        retries=retries if isinstance(retries, int) and retries > 0 else 0,
    )


def _time(value: object) -> timedelta:
    if not isinstance(value, int) or not 0 < value < 1 << 63:
        return _NONE
    return timedelta(microseconds=value // 1000)


@dataclass(frozen=True, kw_only=True)
class ProbeResult:
    """One probe that was run."""

    start: datetime
    end: datetime
    exit_code: int
    output: str = ""


@dataclass(frozen=True, kw_only=True)
class Health:
    """docker's `State.Health`."""

    status: str = STARTING
    failing_streak: int = 0
    log: tuple[Mapping[str, Any], ...] = ()
    """The last results, the oldest first, as docker's JSON has them."""

    def after(self, result: ProbeResult, check: HealthCheck, age: timedelta) -> "Health":
        """The state when a probe has ended that began `age` after the container's start.

        A success makes it healthy, and ends its starting. A failure counts, unless the container is starting
        and within its start period; as many failures in a row as there are retries make it unhealthy.
        """
        check = check.with_defaults()
        known = replace(self, log=(*self.log, result_json(result))[-KEPT_RESULTS:])
        if result.exit_code == 0:
            return replace(known, status=HEALTHY, failing_streak=0)
        if self.status == STARTING and age < check.start_period:
            return known
        streak = self.failing_streak + 1
        return replace(
            known, failing_streak=streak, status=UNHEALTHY if streak >= check.retries else self.status
        )

    def anew(self) -> "Health":
        """The state at the container's next start; the results of before stay, as with docker."""
        return replace(self, status=STARTING, failing_streak=0)

    def unwatched(self) -> "Health":
        """What is shown while nobody probes, since it is stopped or paused: docker says unhealthy."""
        return replace(self, status=UNHEALTHY)


def health_json(health: Health) -> dict[str, Any]:
    """As `inspect` shows it."""
    return {
        "Status": health.status,
        "FailingStreak": health.failing_streak,
        "Log": [dict(entry) for entry in health.log],
    }


def parse_health(value: Mapping[str, Any]) -> Health:
    """What `health_json` wrote; what can't be read is a container that is starting."""
    status, streak, log = value.get("Status"), value.get("FailingStreak"), value.get("Log")
    return Health(
        status=status if status in {HEALTHY, UNHEALTHY} else STARTING,
        failing_streak=streak if isinstance(streak, int) else 0,
        log=tuple(entry for entry in log if isinstance(entry, dict)) if isinstance(log, list) else (),
    )


def result_json(result: ProbeResult) -> dict[str, Any]:
    """One entry of `Log`."""
    return {
        "Start": _moment(result.start),
        "End": _moment(result.end),
        "ExitCode": result.exit_code,
        "Output": result.output,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def shown_output(data: bytes) -> str:
    """What is kept of a probe's output: text, cut at the limit and marked there as docker does."""
    text = data[:OUTPUT_LIMIT].decode(errors="replace")
    return f"{text}..." if len(data) > OUTPUT_LIMIT else text
