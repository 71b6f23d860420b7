"""The daemon of the CNI plugin dhcp: it asks for addresses and keeps them from running out.

The plugin itself only passes its question on, by the socket in `daemonSocketPath`. Whoever has the daemon
running (as a unit of systemd, say) keeps it; else the first attachment starts one, which ends with the last
network that needs it. Its pid stands beside the socket.
"""

import os
import signal
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nerdpy.cni.conflist import Network
from nerdpy.errors import FailedPrecondition
from nerdpy.linux.flock import locked
from nerdpy.linux.spawn import SEARCH_PATH

SOCKET = "/run/cni/dhcp.sock"
"""Where the plugin looks when its configuration names no path."""
_ATTEMPTS = 200
_PAUSE = 0.02


def ensure_daemon(plugin: str, ipam: dict[str, Any]) -> None:
    """See to it that the daemon listens; `plugin` is the executable. FailedPrecondition when it does not."""
    path = str(ipam.get("daemonSocketPath") or SOCKET)
    if _listens(path):
        return
    with locked(Path(f"{path}.lock"), what="the DHCP daemon of CNI"):
        if _listens(path):
            return
        Path(path).unlink(missing_ok=True)
        _start(plugin, path)
        for _ in range(_ATTEMPTS):
            if _listens(path):
                return
            time.sleep(_PAUSE)
    raise FailedPrecondition(
        f"the DHCP daemon of CNI does not listen on {path}",
        hint=f"start it by hand, to see what it says: {plugin} daemon -socketpath {path}",
    )


def stop_if_unused(networks: Iterable[Network]) -> None:
    """End the daemons that we started and that none of these networks needs."""
    needed = {
        str(one.ipam.get("daemonSocketPath") or SOCKET) for one in networks if one.ipam.get("type") == "dhcp"
    }
    if SOCKET not in needed:
        stop(SOCKET)


def stop(path: str) -> None:
    """End the daemon that we started at this socket; another's has no pid file of ours."""
    pid_file = Path(f"{path}.nerdpy-pid")
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        pid = int(pid_file.read_text())
        watched = os.pidfd_open(pid)
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"daemon" in command and path.encode() in command:
                signal.pidfd_send_signal(watched, signal.SIGTERM)
        finally:
            os.close(watched)
    for left in (pid_file, Path(path), Path(f"{path}.lock")):
        left.unlink(missing_ok=True)


def _start(plugin: str, path: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    pid = os.posix_spawn(
        plugin,
        [plugin, "daemon", "-socketpath", path],
        {"PATH": SEARCH_PATH},
        file_actions=quiet,
        setsid=True,
        setsigmask=(),
        setsigdef=(signal.SIGPIPE, signal.SIGINT, signal.SIGTERM),
    )
    Path(f"{path}.nerdpy-pid").write_text(f"{pid}\n")


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as client:
        try:
            client.connect(path)
        except OSError:
            return False
    return True
