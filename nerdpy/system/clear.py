"""What an engine leaves behind when it ends: shims with their children, and mounts."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from nerdpy.linux.mount import unmount
from nerdpy.linux.mountinfo import parse_mountinfo
from nerdpy.linux.process import ended_within, fields_of

_PATIENCE = timedelta(seconds=10)


def shims_of(address: str) -> list[int]:
    """The shims that report to the containerd at this socket: their command line says so, and the path means
    the same folder to them as to us (processes of other mount namespaces may use the same path)."""
    found = []
    for pid in _processes():
        words = _words(pid)
        name = os.path.basename(words[0]) if words else ""
        if (
            name.startswith("containerd-shim")
            and _follows(words, "-address", address)
            and _sees(pid, address)
        ):
            found.append(pid)
    return found


def kill_shims(address: str) -> None:
    """Kill what the engine's end has left: first the containers' processes and monitors, then the shims."""
    shims = set(shims_of(address))
    children = [pid for pid in _processes() if _parent(pid) in shims] if shims else []
    for pid in (*children, *shims):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in (*children, *shims):
        ended_within(pid, _PATIENCE)


def unmount_below(*folders: Path) -> None:
    """Detach every mount on or below these folders, the deepest first."""
    roots = [os.path.realpath(folder) for folder in folders]
    points = parse_mountinfo(Path("/proc/self/mountinfo").read_text())
    for point in reversed(points):
        if any(point.path == root or point.path.startswith(root + "/") for root in roots):
            unmount(point.path)


def _processes() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _words(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    return []


def _follows(words: list[str], flag: str, value: str) -> bool:
    return any(pair == (flag, value) for pair in zip(words, words[1:], strict=False))


def _sees(pid: int, address: str) -> bool:
    folder = os.path.dirname(address)
    with suppress(OSError):
        return os.path.samestat(os.stat(f"/proc/{pid}/root{folder}"), os.stat(folder))
    return False


def _parent(pid: int) -> int:
    fields = fields_of(pid)
    return int(fields[1]) if fields else 0
