"""Where systemd runs the engine is a unit. There is no systemd here: a stand-in records what it is told, and
does with the unit file what systemd would."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.support.cli import PATH
from tests.integration.system.conftest import Fresh

UNIT = Path("/etc/systemd/system/nerdpy-containerd.service")
SYSTEMCTL = """#!/bin/sh
echo "$@" >> {folder}/said
case "$1 $2" in
"enable --now")
    command=$(sed -n 's/^ExecStart=//p' {unit})
    eval "setsid $command </dev/null >/dev/null 2>&1 & echo \\$! > {folder}/pid" ;;
"disable --now")
    kill "$(cat {folder}/pid)"
    while kill -0 "$(cat {folder}/pid)" 2>/dev/null; do sleep 0.05; done ;;
esac
"""


@pytest.fixture
def systemd(machine: None, tmp_path: Path) -> Iterator[Path]:
    """The folder with `said`: one line for each call of systemctl."""
    booted = Path("/run/systemd/system")
    booted.mkdir(parents=True)
    script = tmp_path / "bin" / "systemctl"
    script.parent.mkdir()
    script.write_text(SYSTEMCTL.format(folder=tmp_path, unit=UNIT))
    script.chmod(0o755)
    yield tmp_path
    shutil.rmtree(booted)


def test_the_engine_is_a_unit_that_is_enabled_until_it_is_stopped(fresh: Fresh, systemd: Path) -> None:
    fresh.cli.environment["PATH"] = f"{systemd}/bin:{PATH}"
    fresh.ok("system", "start")
    assert (systemd / "said").read_text().splitlines() == [
        "daemon-reload",
        f"enable --now {UNIT.name}",
    ]
    assert UNIT.stat().st_mode & 0o777 == 0o600
    assert fresh.status()["Kind"] == "systemd unit"
    if shutil.which("systemd-analyze"):
        verify = ["systemd-analyze", "verify", str(UNIT)]
        verified = subprocess.run(verify, capture_output=True, text=True, check=False)
        assert "nerdpy-containerd.service" not in verified.stderr
    fresh.ok("system", "stop")
    assert (systemd / "said").read_text().splitlines()[2:] == [
        f"disable --now {UNIT.name}",
        "daemon-reload",
    ]
    assert not UNIT.exists()
    assert fresh.processes() == []
