"""The executable that containerd's shim starts for a task's output, and the log URI that names it.

A shim gives its logging program only words from the URI's query, so the program can't be `python -m
something`: it is a small script in the data store that finds this nerdpy and this Python. It is rewritten
when either has moved.
"""

import fcntl
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import nerdpy
from nerdpy.errors import Unavailable
from nerdpy.model.monitor import ARGUMENT, BESIDE, DIRECT, MonitorSettings, parse_settings, render_settings
from nerdpy.paths import StorePaths
from nerdpy.store.containers import load_json, save_json
from nerdpy.store.drafts import Drafts

_PLAIN = b"/-._~"
SHEBANG_LIMIT = 127
"""Kernels before 5.1 cut the first line there; later ones at 255. A space ends the interpreter's path in
all."""


def launcher_text(python: str, package_parent: str) -> str:
    """The script. `-I -S`: nothing of the caller's environment or of site-packages, and an early start."""
    shebang = f"#!{python} -IS"
    if len(os.fsencode(shebang)) > SHEBANG_LIMIT or any(letter.isspace() for letter in python):
        quoted = "'" + python.replace("'", "'\"'\"'") + "'"
        # For sh the second line is `exec`; for Python it and the third are one string.
        shebang = f"#!/bin/sh\n'''exec' {quoted} -IS \"$0\" \"$@\"\n' '''"
    return (
        f"{shebang}\n"
        "import sys\n"
        f"sys.path.insert(0, {package_parent!r})\n"
        "from nerdpy.monitor.main import main\n"
        "main()\n"
    )


def ensure_launcher(paths: StorePaths) -> str:
    """See that the launcher is there and right, and return the log URI for `tasks.create` and the restart
    label."""
    path = paths.monitor_launcher
    # The venv's own interpreter would look for its pyvenv.cfg first; the monitor needs the standard library
    # only.
    text = launcher_text(os.path.realpath(sys.executable), str(Path(nerdpy.__file__).parents[1]))
    if _differs(path, text):
        _replace(paths, text)
    return f"binary://{quoted(path)}?{ARGUMENT}={quoted(paths.data)}"


def quoted(path: Path) -> str:
    """A path as a URI holds it. (urllib.parse would cost every `run` 5 ms for its import.)"""
    return "".join(
        chr(byte) if byte in _PLAIN or chr(byte).isalnum() and byte < 128 else f"%{byte:02X}"
        for byte in os.fsencode(path)
    )


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_text() != text
    except (OSError, ValueError):
        return True


def _replace(paths: StorePaths, text: str) -> None:
    path = paths.monitor_launcher
    draft = Drafts(paths).new()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o700)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.rename(draft, path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def save_settings(paths: StorePaths, container_id: str, settings: MonitorSettings) -> None:
    """Write the container's monitor.json, 0600: its environment is the caller's."""
    save_json(paths.monitor_config(container_id), render_settings(settings))


def load_settings(paths: StorePaths, container_id: str) -> MonitorSettings:
    """The container's monitor.json; defaults (no log, nothing to call) when it has none."""
    return parse_settings(load_json(paths.monitor_config(container_id)))


def start_monitor(
    paths: StorePaths, container_id: str, *, stdout: int, stderr: int, pid: int = 0, is_direct: bool = False
) -> None:
    """Start the monitor ourselves, where the shim can't (`-i` without a terminal, or the container runs
    already), and return when it is ready.

    `stdout` and `stderr` are reading ends: of FIFOs (`fifo.open_reader`), or, with `is_direct`, of the pipes
    that the container itself writes to; the caller closes his own copies.
    The monitor outlives this process and its terminal. The container's process is `pid`, or else told by
    `MonitorConnection.tell_init`.
    """
    words = [str(pid), *([DIRECT] if is_direct else [])] if pid else []
    ready, says_ready = os.pipe()
    try:
        _spawn(paths, container_id, (stdout, stderr, says_ready), words)
        os.close(says_ready)
        says_ready = -1
        if os.read(ready, 1) != b"\0":
            raise Unavailable(
                "the container's monitor did not start", hint=f"look at {paths.monitor_launcher}"
            )
    finally:
        os.close(ready)
        if says_ready >= 0:
            os.close(says_ready)


def _spawn(paths: StorePaths, container_id: str, descriptors: tuple[int, int, int], words: list[str]) -> None:
    """Give it the descriptors as 3, 4 and 5, as a shim does. (posix_spawn does not run gRPC's fork
    handlers.)"""
    away = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10) for descriptor in descriptors]
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    try:
        launcher = str(paths.monitor_launcher)
        os.posix_spawn(
            launcher,
            [launcher, ARGUMENT, str(paths.data), BESIDE, *words],
            {"CONTAINER_ID": container_id, "CONTAINER_NAMESPACE": paths.namespace, "PATH": os.defpath},
            file_actions=[
                *((os.POSIX_SPAWN_DUP2, null, standard) for standard in range(3)),
                *((os.POSIX_SPAWN_DUP2, source, to) for to, source in enumerate(away, start=3)),
            ],
            setsigmask=[],
            setsigdef=[signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP],
        )
    except OSError as error:
        raise Unavailable(f"the container's monitor could not be started: {error.strerror}") from error
    finally:
        for descriptor in (*away, null):
            os.close(descriptor)
