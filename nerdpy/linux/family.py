"""A process with everything that it has started, killed together."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress

from nerdpy.linux.process import fields_of

_PARENT, _SESSION = 1, 3
"""In /proc/PID/stat, counted from the state on (proc_pid_stat(5))."""
_ROUNDS = 20


def kill_family(pid: int) -> None:
    """SIGKILL for a process that leads a session (as the runtimes' exec'd ones do), for its descendants, and
    for whoever is left in the session; what has made itself a daemon before is not found."""
    descendants = _descendants(pid, _table())
    _kill([pid, *descendants])
    for _ in range(_ROUNDS):  # they may have been forking meanwhile
        table = _table()
        left = {one for one, (_, session) in table.items() if session == pid} | {
            other for one in descendants for other in _descendants(one, table)
        }
        if not left:
            return
        _kill(left)


def _descendants(pid: int, table: dict[int, tuple[int, int]]) -> list[int]:
    found = [pid]
    for one in found:
        found += [child for child, (parent, _) in table.items() if parent == one and child not in found]
    return found[1:]


def _table() -> dict[int, tuple[int, int]]:
    """pid -> (parent, session) of every process that is not dead yet."""
    found: dict[int, tuple[int, int]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal() and (fields := fields_of(int(name))) and fields[0] not in {"Z", "X"}:
            found[int(name)] = int(fields[_PARENT]), int(fields[_SESSION])
    return found


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
