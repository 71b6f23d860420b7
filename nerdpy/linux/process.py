"""Processes: is this still the one that we mean? A pid alone can't tell, for pids are used again."""

import os
import select
from contextlib import suppress
from datetime import timedelta


def start_time(pid: int) -> int | None:
    """When the process was started, in ticks since boot (`/proc/PID/stat`, field 22); None: it is gone."""
    fields = _fields(pid)
    return int(fields[19]) if fields else None


def is_alive(pid: int, start: int) -> bool:
    """Does the process with this pid and this start time still run? A zombie does not."""
    fields = _fields(pid)
    return bool(fields) and int(fields[19]) == start and fields[0] not in {"Z", "X"}


def ended_within(pid: int, patience: timedelta) -> bool:
    """Wait for the end of a process that need not be our child; True when it is gone."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(patience.total_seconds() * 1000))
    finally:
        os.close(descriptor)


def children(pid: int) -> list[int]:
    """The processes that its main thread has started."""
    with suppress(OSError), open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]
    return []


def _fields(pid: int) -> list[str]:
    """What stands behind the name in `/proc/PID/stat`; the name itself may hold blanks and brackets."""
    with suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()
    return []
