"""run --pidfile: the process id on the host while the container runs, and no file when it does not."""

import os
import signal
from pathlib import Path

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


def test_the_pidfile_follows_the_container(cli: Cli, idle: Idle, inspected: Inspect, tmp_path: Path) -> None:
    file = tmp_path / "web.pid"
    idle("web", "--pidfile", "web.pid")  # relative to the caller's folder
    assert Path(f"/proc/{file.read_text()}/cmdline").read_bytes() == b"sleep\0inf\0"
    cli.ok("stop", "-t0", "web")
    assert not file.exists()
    cli.ok("start", "web")
    assert file.read_text() == str(inspected("web", ".State.Pid"))
    cli.ok("kill", "web")
    eventually(lambda: not file.exists())
    cli.ok("start", "web")
    cli.ok("rm", "-f", "web")
    assert not file.exists()


def test_a_pidfile_that_cannot_be_written_is_a_failed_start(cli: Cli, busybox_image: str) -> None:
    refused = cli("run", "--rm", "--pidfile", "/nowhere/web.pid", busybox_image, "true")
    assert refused.code == 125
    assert 'the pid file "/nowhere/web.pid" cannot be written' in refused.err
    assert cli.ok("ps", "-aq").lines == []


def test_the_pidfile_follows_a_restart_by_the_policy(cli: Cli, idle: Idle, tmp_path: Path) -> None:
    file = tmp_path / "web.pid"
    idle("web", "--restart", "always", "--pidfile", file)
    first = file.read_text()
    os.kill(int(first), signal.SIGKILL)

    def is_the_new_one() -> bool:
        return file.read_text() not in {"", first} and Path(f"/proc/{file.read_text()}/cmdline").exists()

    eventually(is_the_new_one, seconds=30)
    cli.ok("rm", "-f", "web")
    assert not file.exists()
