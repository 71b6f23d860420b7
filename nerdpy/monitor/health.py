"""When the next health probe is due; `nerdpy internal probe` does it.

Loaded only for containers that have a health check. The clock is docker's: the first probe comes one interval
after the start, each further one an interval after the end of the one before; while the container is starting
within its start period, the interval is the start interval.
"""

import os
import time

from nerdpy.model import monitor as words
from nerdpy.monitor import frugal
from nerdpy.monitor.call import call, ended
from nerdpy.monitor.process import InitProcess, start_time

TYPE_CHECKING = False  # typing would bring collections
if TYPE_CHECKING:
    from collections.abc import Callable

STARTING = "starting"
THAW = 0.1
"""Seconds, at least, between two looks at a container that is paused."""
CGROUPS = "/sys/fs/cgroup"


class Prober:
    """The probes of one run."""

    def __init__(self, container_id: str, folder: str, settings: words.MonitorSettings) -> None:
        self._container_id = container_id
        self._folder = folder
        self._settings = settings
        self._run = ""
        self._began = 0.0
        self._due = 0.0
        self._probe = 0
        """pid of the one under way."""

    def advance(self, init: InitProcess) -> None:
        """Do what is due; once the process is gone nothing is."""
        if init.is_gone:
            self._stop()
        elif self._probe:
            if ended(self._probe) is not None:
                self._probe = 0
                self._due = time.monotonic() + self._interval()
        elif init.pid and not self._run:
            self._begin(init.pid)
        elif self._run and time.monotonic() >= self._due:
            self._due = time.monotonic() + max(self._interval(), THAW)
            if not is_frozen(init.pid):
                self._probe = call(self._settings, self._folder, words.PROBE, self._container_id, self._run)

    def patience(self, own: float | None) -> float | None:
        """Milliseconds that the loop may sleep, which else would sleep `own`."""
        if not self._run or self._probe:  # SIGCHLD wakes it
            return own
        left = max(0.0, self._due - time.monotonic()) * 1000
        return left if own is None else min(left, own)

    def _begin(self, pid: int) -> None:
        self._run = f"{pid}-{start_time(pid)}"
        self._began = time.monotonic()
        self._due = self._began + self._interval()

    def _stop(self) -> None:
        self._run = ""
        if self._probe:
            os.kill(self._probe, frugal.SIGTERM)  # ours, and not waited for yet: it can be no other's pid
            self._probe = 0

    def _interval(self) -> float:
        """Seconds to the next one."""
        return interval(self._settings.health, time.monotonic() - self._began, self._is_starting)

    def _is_starting(self) -> bool:
        health = frugal.load_object(f"{self._folder}/{words.HEALTH_FILE}")
        return health.get(words.RUN) != self._run or health.get("Status") == STARTING


def interval(times: dict[str, float], age: float, is_starting: "Callable[[], bool]") -> float:
    """Seconds between two probes, `age` seconds after the start."""
    early = age < times["start_period"] and is_starting()
    return times["start_interval" if early else "interval"]


def is_frozen(pid: int) -> bool:
    """Is the process paused? False also where that can't be told: the probe looks too."""
    for line in _read(f"/proc/{pid}/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "freezer":
            return _read(f"{CGROUPS}/freezer{path}/freezer.state").startswith("FR")  # FROZEN or FREEZING
        if not controllers and _read(f"{CGROUPS}{path}/cgroup.freeze").startswith("1"):
            return True
    return False


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""
