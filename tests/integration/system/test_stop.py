"""`system stop` leaves nothing running; containers, images and logs stay."""

import os
import signal
from pathlib import Path

from tests.integration.support.leftovers import rules
from tests.integration.support.waiting import eventually
from tests.integration.system.conftest import Fresh


def test_stopping_twice_is_fine(fresh: Fresh) -> None:
    fresh.ok("system", "start")
    assert fresh.ok("system", "stop").err == ""
    assert "is not running" in fresh.ok("system", "stop").err
    assert fresh("system", "status").code == 3


def test_containers_are_stopped_gracefully_and_are_still_there(fresh: Fresh, tmp_path: Path) -> None:
    fresh.ok("system", "start")
    image = fresh.add_image("busybox:latest")
    script = "trap 'echo bye > /out/word; exit 5' TERM; while :; do sleep 0.1; done"
    fresh.ok("run", "-d", "--name", "polite", "-v", f"{tmp_path}:/out", image, "sh", "-c", script)
    fresh.ok("run", "-d", "--name", "web", "--stop-timeout", "1", "-p", "8099:80", image, "sleep", "inf")
    fresh.ok("system", "stop")
    assert (tmp_path / "word").read_text() == "bye\n"
    assert fresh.processes() == []
    assert fresh.mounts() == []
    assert rules() == set()
    assert fresh.ok("ps", "-a", "--format", "{{.Names}} {{.State}}").lines == ["web exited", "polite exited"]
    assert fresh.ok("inspect", "-f", "{{.State.ExitCode}}", "polite").line == "5"
    fresh.ok("rm", "-f", "polite", "web")


def test_what_a_crashed_containerd_left_is_stopped_too(fresh: Fresh) -> None:
    fresh.ok("system", "start")
    image = fresh.add_image("busybox:latest")
    fresh.ok("run", "-d", "--name", "orphan", image, "sleep", "inf")
    os.kill(fresh.pid, signal.SIGKILL)
    eventually(lambda: fresh("system", "status").code == 3)
    fresh.ok("system", "stop")
    assert fresh.processes() == []
    assert fresh.mounts() == []
    fresh.ok("rm", "-f", "orphan")


def test_a_daemon_whose_pid_file_is_lost_is_stopped_all_the_same(fresh: Fresh) -> None:
    fresh.ok("system", "start")
    Path("/run/nerdpy/engine/containerd.pid").unlink()
    fresh.ok("system", "stop")
    assert fresh.processes() == []


def test_a_container_with_a_restart_policy_is_back_after_the_next_start(fresh: Fresh) -> None:
    fresh.ok("system", "start")
    image = fresh.add_image("busybox:latest")
    fresh.ok(
        "run", "-d", "--name", "again", "--restart", "always", "--stop-timeout", "1", image, "sleep", "inf"
    )
    fresh.ok("run", "-d", "--name", "once", "--stop-timeout", "1", image, "sleep", "inf")
    fresh.ok("system", "stop")
    fresh.ok("system", "start")
    eventually(lambda: fresh.ok("ps", "--format", "{{.Names}}").lines == ["again"], seconds=20)
    fresh.ok("rm", "-f", "again", "once")


def test_the_log_is_kept(fresh: Fresh) -> None:
    fresh.ok("system", "start")
    log = Path(str(fresh.status()["Log"]))
    fresh.ok("system", "stop")
    before = log.stat().st_size
    assert before > 0
    fresh.ok("system", "start")
    assert log.stat().st_size > before
    assert log.stat().st_mode & 0o777 == 0o600
