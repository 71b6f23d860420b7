"""A machine on which no containerd runs, so that nerdpy starts its own."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hack.images.layout import Layout
from tests.integration.support.cli import Cli, Result
from tests.integration.support.images import PREFIX

ADDRESS = "/run/nerdpy/engine/containerd.sock"


@dataclass
class Fresh:
    """`fresh("info")` is nerdpy with no engine named; what it starts is stopped after the test."""

    cli: Cli
    images: Layout

    def __call__(self, *arguments: str, **how: object) -> Result:
        return self.cli(*arguments, **how)  # type: ignore[arg-type]

    def ok(self, *arguments: str, **how: object) -> Result:
        return self.cli.ok(*arguments, **how)  # type: ignore[arg-type]

    def status(self) -> dict[str, object]:
        seen: dict[str, object] = json.loads(self.cli("system", "status", "--format", "json").out)
        return seen

    @property
    def pid(self) -> int:
        return int(str(self.status()["Pid"]))

    def add_image(self, name: str) -> str:
        """Into the private engine, which must run."""
        command = ["ctr", "--address", ADDRESS, "--namespace", self.cli.environment["NERDPY_NAMESPACE"]]
        archive = self.images.archive(PREFIX + name)
        subprocess.run([*command, "images", "import", "-"], input=archive, check=True, capture_output=True)
        return name

    def processes(self) -> list[str]:
        """Command lines of containerd and shims of the private engine of this worker."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().decode(errors="replace").split("\0")
                if not (entry.parent / "root/run").samefile("/run"):
                    continue
            except OSError:
                continue
            if ADDRESS in words or "/var/lib/nerdpy/engine/containerd.toml" in words:
                found.append(" ".join(words))
        return found

    def mounts(self) -> list[str]:
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
        points = [line.split()[4] for line in lines]
        return [point for point in points if point.startswith(("/run/nerdpy/", "/var/lib/nerdpy/"))]


@pytest.fixture
def fresh(cli: Cli, images: Layout) -> Iterator[Fresh]:
    fresh = Fresh(cli.with_env(NERDPY_ADDRESS=""), images)
    yield fresh
    stopped = fresh("system", "stop")
    assert stopped.code == 0, str(stopped)
    assert fresh.processes() == []
    assert fresh.mounts() == []


@pytest.fixture
def real_containerd(machine: None, tmp_path: Path) -> Path:
    """The same program under another name."""
    copy = tmp_path / "real-containerd"
    shutil.copy(shutil.which("containerd") or "", copy)
    return copy


@pytest.fixture
def instead_of_containerd(machine: None, tmp_path: Path) -> Iterator[Path]:
    """Write a script to this path, and it stands where containerd was."""
    script = tmp_path / "containerd"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    place = shutil.which("containerd") or ""
    subprocess.run(["mount", "--bind", script, place], check=True)
    yield script
    subprocess.run(["umount", "-l", place], check=True)
