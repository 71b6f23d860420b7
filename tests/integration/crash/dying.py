"""`python dying.py WORDS...`: nerdpy with WORDS, killed by SIGKILL at one chosen step.

A step is whatever changes the machine, or asks containerd for something: a file written, moved or removed, a
mount, a socket bound, a program started, a call begun (and, a moment later, under way). Python's audit events
tell most of them; calls and system calls are seen at gRPC's and ctypes' door. nerdpy itself knows nothing
of this.

DIE_AT: the number of the step that is not done any more, 0: none. DIE_LOG: a file that gets the steps, a line
each. DIE_ENGINE: the pid of a containerd, which is killed instead, and only calls count as steps.
"""

import ctypes
import itertools
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

AT = int(os.environ.pop("DIE_AT", "0"))
ENGINE = int(os.environ.pop("DIE_ENGINE", "0"))
LOG = os.environ.pop("DIE_LOG", "")
EVENTS = {
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "os.posix_spawn",
    "os.fork",
    "os.exec",
    "subprocess.Popen",
    "socket.bind",
    "socket.sendmsg",
    "pty.spawn",
}
CALLS = {"mount", "umount2", "unshare"}
HARMLESS = {"Get", "List", "Info", "Stat", "Mounts", "Read", "Wait", "Version", "Plugins"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_UNDER_WAY = 0.004
"""Seconds until containerd is in the midst of what it was asked."""
_clears_tree = False
_numbers = itertools.count(1)
_log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600) if LOG else -1


def step(text: str) -> None:
    """Count, and die if this is the one."""
    number = next(_numbers)
    if _log >= 0:
        os.write(_log, f"{number} {text}\n".encode())
    if number == AT:
        die()


def die() -> None:
    """Or let the engine die, and see how it has gone before we ask it for more."""
    os.kill(ENGINE or os.getpid(), signal.SIGKILL)
    while ENGINE and Path(f"/proc/{ENGINE}/cmdline").read_bytes():  # a zombie has none
        time.sleep(0.001)


def heard(event: str, arguments: tuple[Any, ...]) -> None:
    """One audit event."""
    if event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & WRITES and isinstance(path, str) and _matters(path):
            step(f"open {path}")
    elif event in EVENTS and not _is_void(event, str(arguments[0])):
        step(f"{event} {' '.join(map(str, arguments[:2]))}")


def _matters(path: str) -> bool:
    return path not in {LOG, "/dev/null"} and not path.startswith("/proc/")


def _is_void(event: str, path: str) -> bool:
    """Making what is there, removing what isn't; and of a tree that is being removed, by names relative to
    its folders, all but the first file."""
    global _clears_tree
    was_clearing, _clears_tree = _clears_tree, event in {"os.remove", "os.rmdir"} and path[0] != "/"
    if event == "os.mkdir":
        return os.path.isdir(path)
    if event == "os.remove" and not _clears_tree:
        return not os.path.lexists(path)
    return was_clearing and _clears_tree


class CountedLibrary(ctypes.CDLL):
    """libc, whose mounts are counted."""

    def __getattr__(self, name: str) -> Any:
        function = super().__getattr__(name)
        if name not in CALLS:
            return function

        def counted(*arguments: Any) -> Any:
            if ENGINE:
                return function(*arguments)
            step(f"{name} {arguments}")
            return function(*arguments)

        return counted


def count_calls() -> None:
    """Every call of containerd is two steps: before it, and while it is under way."""
    from nerdpy.containerd.channel import import_grpc

    import_grpc()
    from grpc import _channel

    for kind, method in (
        (_channel._UnaryUnaryMultiCallable, "__call__"),
        (_channel._UnaryUnaryMultiCallable, "future"),
        (_channel._UnaryStreamMultiCallable, "__call__"),
        (_channel._StreamStreamMultiCallable, "__call__"),
    ):
        setattr(kind, method, _counted(getattr(kind, method)))


def _counted(original: Any) -> Any:
    def counted(self: Any, *arguments: Any, **more: Any) -> Any:
        path = self._method.decode()
        if path.rpartition("/")[2] in HARMLESS:
            return original(self, *arguments, **more)
        step(f"call {path}")
        is_last = next(_numbers)
        if _log >= 0:
            os.write(_log, f"{is_last} under way {path}\n".encode())
        if is_last == AT:
            threading.Timer(_UNDER_WAY, die).start()
        answer = original(self, *arguments, **more)
        if is_last == AT:
            die()  # it was quicker
        return answer

    return counted


if __name__ == "__main__":
    ctypes.CDLL = CountedLibrary  # type: ignore[misc]
    if not ENGINE:
        sys.addaudithook(heard)
    count_calls()
    from nerdpy.__main__ import main

    main()
