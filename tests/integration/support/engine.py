"""A containerd of our own: one per pytest worker, with its own root, state and socket."""

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

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
                ["containerd", "--config", config],
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
        """Stop, and take away what it kept. Shims that are left are killed: tests have reported them."""
        self.stop()
        for pid in self.shims():
            subprocess.run(["kill", "-9", str(pid)], check=False)
        subprocess.run(["umount", "-Rq", str(self.state)], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def shims(self, namespace: str | None = None) -> list[int]:
        """The pids of this engine's shims, of one namespace or all."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            is_shim = "containerd-shim" in words[0] and self.address in words
            if is_shim and (namespace is None or namespace in words):
                found.append(int(entry.parent.name))
        return found
