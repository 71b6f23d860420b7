"""A shim that starts a monitor, beside a process that stands for a container. No containerd."""

import fcntl
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nerdpy.model.monitor import LogSettings, MonitorSettings
from nerdpy.paths import StorePaths
from nerdpy.stdio.launcher import ensure_launcher, save_settings
from nerdpy.stdio.monitor import MonitorConnection

NAMESPACE, CONTAINER_ID = "default", "c" * 64


@dataclass
class Run:
    """One run of a container without containerd: the monitor, its pipes, and the bundle."""

    paths: StorePaths
    bundle: Path
    monitor: subprocess.Popen[bytes] | None = None
    stdout: int = -1
    stderr: int = -1
    ready: int = -1
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.paths.container(CONTAINER_ID)

    @property
    def log(self) -> Path:
        return self.paths.log(CONTAINER_ID)

    @property
    def calls(self) -> list[str]:
        """What the monitor has called nerdpy for."""
        path = self.folder.parent / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def start(self, *, awaits_ready: bool = True, writes_settings: bool = True, **settings: object) -> None:
        """Start the monitor with its descriptors 3, 4 and 5."""
        recorder = self.paths.data / "recorder"
        recorder.write_text(
            f"#!/bin/sh\n[ ! -e {self.folder}/slow ] || sleep 0.2\n"
            f'echo "$@" >> {self.folder.parent}/calls\n[ ! -e {self.folder}/fails ]\n'
        )
        recorder.chmod(0o700)
        log = LogSettings(driver="json-file", path=str(self.log))
        given = {
            "log": log,
            "command": [str(recorder)],
            "environment": {"PATH": os.environ["PATH"]},
            **settings,
        }
        if writes_settings:
            save_settings(self.paths, CONTAINER_ID, MonitorSettings(**given))  # type: ignore[arg-type]
        (self.bundle / "init.pid").unlink(missing_ok=True)
        ensure_launcher(self.paths)
        reads, writes = zip(*(os.pipe() for _ in range(3)), strict=True)
        self.stdout, self.stderr, self.ready = writes[0], writes[1], reads[2]
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in (reads[0], reads[1], writes[2])]
        moves = " ".join(f"{to}<&{end} {end}<&-" for to, end in zip((3, 4, 5), theirs, strict=True))
        self.monitor = subprocess.Popen(
            [
                "/bin/bash",
                "-c",
                f'exec "$0" "$@" {moves}',
                str(self.paths.monitor_launcher),
                "nerdpy",
                str(self.paths.data),
            ],
            env={"CONTAINER_ID": CONTAINER_ID, "CONTAINER_NAMESPACE": NAMESPACE},
            pass_fds=theirs,
            cwd=self.bundle,
        )
        for descriptor in (reads[0], reads[1], writes[2], *theirs):
            os.close(descriptor)
        if awaits_ready:
            self.await_ready()

    def await_ready(self, seconds: float = 10) -> None:
        assert select.select([self.ready], [], [], seconds)[0], "the monitor does not say ready"
        assert os.read(self.ready, 1) == b"\0"

    def contain(self, *command: str) -> subprocess.Popen[bytes]:
        """Start what the container runs, and write its pid where runc does; only it has the pipes then."""
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.stdout, stderr=self.stderr)
        self.processes.append(process)
        (self.bundle / "init.pid").write_text(str(process.pid))
        self.close_pipes()
        return process

    def close_pipes(self) -> None:
        for descriptor in (self.stdout, self.stderr):
            os.close(descriptor)

    def connect(self, **wishes: object) -> MonitorConnection:
        return MonitorConnection.connect(self.paths.attach_socket(CONTAINER_ID), **wishes)  # type: ignore[arg-type]

    def wait(self, seconds: float = 10) -> int:
        assert self.monitor is not None
        return self.monitor.wait(seconds)

    def terminate(self) -> None:
        assert self.monitor is not None
        self.monitor.send_signal(signal.SIGTERM)


def eventually(claim: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until the claim is true."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
