"""containerd as a daemon of nerdpy's own: where no systemd runs.

It gets a session of its own, so that it survives the terminal, and writes its own pid file before it becomes
containerd, so that there is no moment in which it runs and nobody knows.
"""

import os
import signal
import subprocess
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from nerdpy.linux.process import ended_within, is_alive
from nerdpy.paths import EnginePaths
from nerdpy.system.programs import engine_path

LOG_SIZE = 10 * 1024 * 1024
LOGS_KEPT = 3
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "ssl_cert_file", "ssl_cert_dir")
"""Of the user's environment containerd gets nothing but these, in either case: it is what pulls images."""
_GRACE = timedelta(seconds=15)
_BECOME = 'cat /proc/$$/stat >"$1.new" && mv "$1.new" "$1" && shift && exec "$@"'
"""The kernel's own line has pid and start time, and both outlive the exec."""


def engine_environment() -> dict[str, str]:
    """The whole environment of the engine and of all that it starts."""
    passed = {name: value for name, value in os.environ.items() if name.lower() in PASSED_ON}
    return passed | {"PATH": engine_path()}


def spawn(paths: EnginePaths, containerd: str) -> None:
    """Start containerd; returns at once."""
    with paths.log.open("ab") as log:
        subprocess.Popen(
            ["/bin/sh", "-c", _BECOME, "sh", paths.pid_file, containerd, "--config", paths.config],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=engine_environment(),
            start_new_session=True,
            umask=0o022,
        )


def running_pid(paths: EnginePaths) -> int | None:
    """The daemon's pid, if the process that wrote the pid file still lives."""
    with suppress(OSError, ValueError, IndexError):
        line = paths.pid_file.read_text()
        pid, start = int(line.split()[0]), int(line.rpartition(")")[2].split()[19])
        return pid if is_alive(pid, start) else None
    return None


def terminate(pid: int) -> None:
    """SIGTERM, and SIGKILL for a daemon that does not end."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if ended_within(pid, _GRACE):
            return


def rotate(log: Path) -> None:
    """Keep a few old logs; looked at before each start only, for containerd keeps its log open."""
    log.touch(mode=0o600)
    if log.stat().st_size < LOG_SIZE:
        return
    for number in range(LOGS_KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        newer = log.with_name(f"{log.name}.{number - 1}") if number > 1 else log
        with suppress(FileNotFoundError):
            newer.replace(older)
    log.touch(mode=0o600)


def last_words(log: Path, since: int) -> str:
    """The last lines of the log behind the offset `since`: why a start failed."""
    with log.open("rb") as file:
        file.seek(max(since, log.stat().st_size - 4096))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return "\n".join(lines[-3:])
