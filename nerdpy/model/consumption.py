"""Pure: what a container had used up at one moment, and what it used between two, by docker's formulas."""

from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class Consumption:
    """Counters and levels at `moment`. Bytes, unless said otherwise."""

    moment: int = 0
    """Nanoseconds of a clock that nobody turns back."""
    cpu: int = 0
    """Nanoseconds of processor time so far."""
    memory: int = 0
    """Without the pages of files that nobody has touched for long (the kernel's inactive_file): those go when
    somebody needs the room."""
    memory_limit: int = 0
    """The container's, or all of the machine's where it has none."""
    pids: int = 0
    received: int = 0
    sent: int = 0
    read: int = 0
    written: int = 0


NOTHING = Consumption()
"""Of a container that does not run."""


def cpu_percent(before: Consumption, after: Consumption) -> float:
    """100 is one processor for all of the time, as docker counts: its processor time over the machine's,
    times the processors, which is the time on the wall."""
    passed = after.moment - before.moment
    return max(after.cpu - before.cpu, 0) * 100 / passed if passed > 0 else 0.0


def memory_percent(now: Consumption) -> float:
    """Of the limit."""
    return now.memory * 100 / now.memory_limit if now.memory_limit else 0.0


def without_cache(usage: int, inactive_file: int) -> int:
    """docker's `MEM USAGE`."""
    return usage - inactive_file if inactive_file < usage else usage
