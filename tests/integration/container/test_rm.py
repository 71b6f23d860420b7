"""rm: what goes, what must be forced, and what is told."""

import pytest

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


@pytest.mark.parametrize("flags", [("-v",), ("-f", "-v"), ()])
def test_v_takes_anonymous_volumes_and_leaves_named_ones(
    cli: Cli, busybox_image: str, flags: tuple[str, ...]
) -> None:
    cli.ok("run", "-d", "--name", "box", "--network", "none", "-v", "/anonymous", "-v", "named:/named",
           busybox_image, "sh", "-c", "echo kept > /named/file; sleep inf")  # fmt: skip
    eventually(lambda: cli("exec", "box", "cat", "/named/file").out == "kept\n")
    (anonymous,) = set(cli.ok("volume", "ls", "-q").lines) - {"named"}
    if "-f" not in flags:
        cli.ok("stop", "-t", "0", "box")
    cli.ok("rm", *flags, "box")
    assert cli.ok("volume", "ls", "-q").lines == sorted(["named", *([] if flags else [anonymous])])
    look = ("run", "--rm", "--network", "none", "-v", "named:/named", busybox_image, "cat", "/named/file")
    assert cli.ok(*look).line == "kept"


def test_v_leaves_an_anonymous_volume_that_another_container_uses(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "first", "-v", "/shared", busybox_image)
    cli.ok("create", "--name", "second", "--volumes-from", "first", busybox_image)
    (volume,) = cli.ok("volume", "ls", "-q").lines
    cli.ok("rm", "-v", "first")
    assert cli.ok("volume", "ls", "-q").lines == [volume]
    cli.ok("rm", "-v", "second")
