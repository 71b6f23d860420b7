"""Build the guest once per machine, start it, and talk to it."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hack.guest.kernel import add_kernel
from hack.guest.tree import build_tree, dependencies

CACHE = Path("/var/tmp/nerdpy-guest")
QEMU = "qemu-system-x86_64"
BOOT = 300.0
"""Seconds for a boot: 25 on two idle cores."""
DISK = "2G"


@dataclass(frozen=True)
class Done:
    """What a command in the guest said."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def built() -> Path:
    """The folder with `root.ext4`, `vmlinuz` and `initrd.gz`; made anew when what makes it has changed."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    text = b"".join(path.read_bytes() for path in sources) + json.dumps(dependencies()).encode()
    folder = CACHE / hashlib.sha256(text).hexdigest()[:12]
    if (folder / "root.ext4").exists():
        return folder
    shutil.rmtree(CACHE, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        tree = Path(scratch, "tree")
        tree.mkdir()
        build_tree(tree)
        add_kernel(tree, folder)
        make_disk(folder / "root.part", tree, DISK)
    os.rename(folder / "root.part", folder / "root.ext4")
    return folder


def make_disk(disk: Path, tree: Path, size: str) -> None:
    """A file system with a copy of `tree`, without mounting anything."""
    disk.unlink(missing_ok=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, disk, size], check=True)


class Guest:
    """A running guest. What is written to its disks is gone with it."""

    def __init__(self, folder: Path, luggage: Path, scratch: Path) -> None:
        """`folder` is what `built` has made; the tree `luggage` is at /mnt inside."""
        self.console = scratch / "console.log"
        self._address = scratch / "agent.sock"
        make_disk(scratch / "luggage.ext4", luggage, "512M")
        disks = (folder / "root.ext4", scratch / "luggage.ext4")
        self._process = subprocess.Popen(self._words(folder, disks), stdin=subprocess.DEVNULL)
        self._line = socket.socket(socket.AF_UNIX)
        self._heard = b""
        self._number = 0
        self._connect()
        self.boot_id = self._hello()

    def _words(self, folder: Path, disks: tuple[Path, ...]) -> list[str | Path]:
        """QEMU's command line (qemu-system-x86_64(1))."""
        drives = [f"file={disk},if=virtio,format=raw,snapshot=on" for disk in disks]
        return [
            *(QEMU, "-accel", "tcg,thread=multi", "-smp", "2", "-cpu", "max", "-m", "3072"),
            *("-kernel", folder / "vmlinuz", "-initrd", folder / "initrd.gz"),
            *("-append", "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off"),
            *("-nic", "none", "-display", "none", "-serial", f"file:{self.console}"),
            *("-chardev", f"socket,id=agent,path={self._address},server=on,wait=off"),
            *("-serial", "chardev:agent"),
            *(word for drive in drives for word in ("-drive", drive)),
        ]

    def run(self, *argv: str, stdin: str = "", timeout: float = 120) -> Done:
        """Run a program in the guest."""
        self._number += 1
        wish = {"number": self._number, "argv": argv, "stdin": stdin, "timeout": timeout}
        self._line.sendall(json.dumps(wish).encode() + b"\n")
        deadline = time.monotonic() + timeout + 30
        while True:
            answer = self._answer(deadline - time.monotonic())
            if answer.pop("number", 0) == self._number:  # not that of one we have waited for in vain
                return Done(argv, **answer)

    def reboot(self) -> None:
        """Shut it down as an administrator does, and wait until it is there again."""
        before = self.boot_id
        self.run("systemctl", "reboot", "--no-block")
        self.boot_id = self._hello()
        assert self.boot_id != before

    def stop(self) -> None:
        """Take the power away."""
        self._line.close()
        self._process.kill()
        self._process.wait()

    def _connect(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self._line.connect(os.fspath(self._address))
                return
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def _hello(self) -> str:
        deadline = time.monotonic() + BOOT
        while time.monotonic() < deadline:
            answer = self._answer(deadline - time.monotonic())
            if "hello" in answer:
                return str(answer["hello"])
        raise TimeoutError(f"the guest does not say hello: {self._last_words()}")

    def _answer(self, seconds: float) -> dict[str, Any]:
        """The next whole line that is an object; a terminal that is being set up may say other things."""
        self._line.settimeout(max(seconds, 0.1))
        while True:
            line, found, rest = self._heard.partition(b"\n")
            if found:
                self._heard = rest
                if line.lstrip().startswith(b"{"):
                    answer: dict[str, Any] = json.loads(line)
                    return answer
                continue
            try:
                data = self._line.recv(65536)
            except TimeoutError:
                raise TimeoutError(f"the guest does not answer: {self._last_words()}") from None
            if not data:
                raise EOFError(f"the guest is gone: {self._last_words()}")
            self._heard += data

    def _last_words(self) -> str:
        return self.console.read_text(errors="replace")[-2000:] if self.console.exists() else ""
