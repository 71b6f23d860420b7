"""A containerd of our own: one per pytest worker, with its own root, state and socket."""

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from nerdpy.system.clear import kill_shims, shims_of, unmount_below
from nerdpy.system.settings import EngineSettings, render_containerd_toml

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class PrivateEngine:
    """Starts, restarts, kills and stops one containerd. `folder` must have a short path (socket addresses
    hold 107 bytes)."""

    folder: Path
    restart_interval: str = "1s"
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return str(self.folder / "c.sock")

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def log(self) -> Path:
        return self.folder / "containerd.log"

    def start(self) -> None:
        """Start containerd and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = EngineSettings(
            address=self.address,
            root=str(self.root),
            state=str(self.state),
            restart_interval=self.restart_interval,
        )
        config = self.folder / "containerd.toml"
        config.write_text(render_containerd_toml(settings))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    "setpriv",
                    "--pdeathsig",
                    "TERM",
                    "containerd",
                    "--config",
                    config,
                ],  # ends with a killed pytest
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": PATH},
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 30
        while self.ctr("version").returncode != 0:
            assert self.process is not None
            assert self.process.poll() is None, f"containerd ended: {self.log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"containerd does not answer: {self.log.read_text()[-2000:]}"
            time.sleep(0.05)

    def ctr(
        self, *arguments: str, namespace: str = "default", stdin: bytes | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run containerd's own client, the second opinion on what nerdpy says."""
        command = ["ctr", "--address", self.address, "--namespace", namespace, *arguments]
        done = subprocess.run(command, capture_output=True, input=stdin, timeout=60, check=False)
        return subprocess.CompletedProcess(
            command, done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")
        )

    def kill(self) -> None:
        """`kill -9`: the tasks live on, as after a crash."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Ask containerd to end; its tasks live on."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    def restart(self) -> None:
        """As after an upgrade of containerd."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop, and take away what it kept and what still runs: tests have reported that."""
        self.stop()
        kill_shims(self.address)
        unmount_below(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def shims(self, namespace: str = "") -> list[int]:
        """The pids of this engine's shims, of one namespace or all."""
        return [pid for pid in shims_of(self.address) if not namespace or namespace in _words_of(pid)]


def _words_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []
