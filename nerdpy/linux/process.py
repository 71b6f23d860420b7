"""Processes: is this still the one that we mean? A pid alone can't tell, for pids are used again."""

import os
import select
import signal
import time
from contextlib import suppress
from datetime import timedelta


def start_time(pid: int) -> int | None:
    """When the process was started, in ticks since boot (`/proc/PID/stat`, field 22); None: it is gone."""
    fields = fields_of(pid)
    return int(fields[19]) if fields else None


def age_of(pid: int) -> timedelta | None:
    """How long ago it was started; None: it is gone."""
    start = start_time(pid)
    if start is None:
        return None
    return timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME) - start / os.sysconf("SC_CLK_TCK"))


def is_alive(pid: int, start: int) -> bool:
    """Does the process with this pid and this start time still run? A zombie does not."""
    fields = fields_of(pid)
    return bool(fields) and int(fields[19]) == start and fields[0] not in {"Z", "X"}


def mark() -> str:
    """`PID-START` of this very process: in the name of a file it tells whose the file is."""
    own = os.getpid()
    return f"{own}-{start_time(own)}"


def is_marked_alive(text: str) -> bool:
    """Does the process run whose mark stands at the beginning of `text`?"""
    pid, _, rest = text.partition("-")
    start = rest.partition("-")[0]
    return pid.isdecimal() and start.isdecimal() and is_alive(int(pid), int(start))


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


def end(pid: int, patience: timedelta) -> None:
    """SIGTERM, and SIGKILL when it is still there after `patience`; gone already is fine."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if ended_within(pid, patience):
            return


def with_word(word: str) -> list[tuple[int, list[str]]]:
    """The processes with this very word in their command lines, and those."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        with suppress(OSError), open(f"/proc/{name}/cmdline", "rb") as file:
            words = [os.fsdecode(each) for each in file.read().split(b"\0")]
            if word in words:
                found.append((int(name), words))
    return found


def words_of(pid: int) -> list[str]:
    """Its command line; nothing when it is gone, or a kernel thread."""
    with suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
        return [os.fsdecode(each) for each in file.read().split(b"\0")[:-1]]
    return []


def environment_of(pid: int) -> dict[str, str]:
    """The environment that it was started with; nothing when it is gone, or somebody else's."""
    with suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:
        pairs = (os.fsdecode(each).partition("=") for each in file.read().split(b"\0"))
        return {key: value for key, _, value in pairs if key}
    return {}


def children(pid: int) -> list[int]:
    """The processes that its main thread has started."""
    with suppress(OSError), open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]
    return []


def fields_of(pid: int) -> list[str]:
    """What stands behind the name in `/proc/PID/stat`; the name itself may hold blanks and brackets."""
    with suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()
    return []
