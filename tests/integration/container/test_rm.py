"""rm: what goes, what must be forced, and what is told."""

from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


def test_rm_takes_stopped_and_created_containers(cli: Cli, busybox_image: str, idle: Idle) -> None:
    fresh = cli.ok("create", "--name", "fresh", busybox_image).line
    idle("ended")
    cli.ok("stop", "-t0", "ended")
    assert cli.ok("rm", fresh[:12], "ended").lines == [fresh[:12], "ended"]
    assert cli.ok("ps", "-aq").lines == []


def test_a_running_one_must_be_forced(cli: Cli, idle: Idle) -> None:
    idle("up")
    idle("frozen")
    cli.ok("pause", "frozen")
    for name in ("up", "frozen"):
        refused = cli("rm", name)
        assert refused.code == 1
        assert "must be forced" in refused.err
        assert "hint: " in refused.err
    assert cli.ok("rm", "-f", "up", "frozen").lines == ["up", "frozen"]
    assert cli.ok("ps", "-aq").lines == []


def test_what_is_missing_fails_unless_forced(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "here", busybox_image)
    done = cli("rm", "missing", "here")
    assert (done.code, done.lines) == (1, ["here"])
    assert "No such container: missing" in done.err
    assert cli("rm", "-f", "missing").code == 0


def test_a_restarting_container_is_removed_for_good(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--restart", "always", "--name", "loops", busybox_image, "false")
    eventually(lambda: "restarting" in cli.ok("ps", "--format", "{{.State}}").lines)
    cli.ok("rm", "-f", "loops")
    cli.ok("run", "--restart", "on-failure:1", "--name", "clock", "-d", busybox_image, "false")
    eventually(lambda: cli.ok("inspect", "-f", "{{.RestartCount}}", "clock").line == "1")
    assert cli.ok("ps", "-a", "--format", "{{.Names}}").lines == ["clock"]


def test_two_removals_at_once_agree(cli: Cli, idle: Idle) -> None:
    idle("shared")
    both = [cli.start("rm", "-f", "shared") for _ in range(2)]
    for one in both:
        one.communicate(timeout=30)
    assert [one.returncode for one in both] == [0, 0]
    assert cli.ok("ps", "-aq").lines == []
