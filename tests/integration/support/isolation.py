"""Give this test process (and all that it starts) its own mount and network namespace.

Default paths, the default bridge, rules and ports then belong to one pytest worker alone: workers do not meet
each other, nothing reaches the machine, and what is left over can be counted exactly.
"""

import ctypes
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

OWN = Path("/run/test")
"""Scratch space on the worker's own tmpfs, with a path short enough for sockets."""
OVERLAID = (Path("/etc"), Path("/var/lib"))
"""The machine's, but what is written there stays in the worker's memory."""
EMPTIED = ("cni", "containerd", "nerdpy", "nerdctl")
"""Below OVERLAID nothing of these: a fresh machine, whatever the real one has there."""
IN_MEMORY = (Path("/var/lib/nerdpy"), Path("/var/lib/containerd"))
"""A snapshotter's overlays want a filesystem that is not itself one."""
RESOLV_CONF = "nameserver 192.0.2.53\nsearch test.example\noptions ndots:1\n"

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: Path, kind: str, options: str = "") -> None:
    """mount(2), for tests; `target` must exist."""
    result = _libc.mount(source.encode(), bytes(target), kind.encode(), 0, options.encode())
    _check(result, f"mount {kind} on {target}")


def isolate() -> None:
    """Leave the machine's mounts and network for empty ones. Must run in the thread that starts processes."""
    _check(_libc.unshare(CLONE_NEWNS | CLONE_NEWNET), "unshare")
    _check(_libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount --make-rprivate /")
    mount("tmpfs", Path("/run"), "tmpfs", "mode=755")
    for folder in OVERLAID:
        _overlay(folder)
    for folder in IN_MEMORY:
        folder.mkdir()
        mount("tmpfs", folder, "tmpfs", "mode=711")
    resolv_conf = Path("/etc/resolv.conf")
    resolv_conf.unlink(missing_ok=True)  # often a symlink into the machine's /run
    resolv_conf.write_text(RESOLV_CONF)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for knob in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):  # as on a machine that is a router already
        with suppress(FileNotFoundError):
            Path("/proc/sys/net", knob).write_text("1")


def _overlay(folder: Path) -> None:
    upper, work = (OWN / "overlay" / folder.name / part for part in ("upper", "work"))
    for path in (upper, work):
        path.mkdir(parents=True)
    mount("overlay", folder, "overlay", f"lowerdir={folder},upperdir={upper},workdir={work}")
    for name in EMPTIED:
        shutil.rmtree(folder / name, ignore_errors=True)
