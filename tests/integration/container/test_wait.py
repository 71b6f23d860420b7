"""wait: exit codes, in the order asked."""

import os
import signal

from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually


def test_codes_come_in_the_order_of_the_arguments(cli: Cli, busybox_image: str) -> None:
    for name, script in (("slow", "until [ -e /go ]; do sleep 0.05; done; exit 5"), ("quick", "exit 6")):
        cli.ok("run", "-d", "--name", name, busybox_image, "sh", "-c", script)
    with cli.start("wait", "slow", "quick") as waiting:
        cli.ok("wait", "quick")
        assert waiting.poll() is None
        cli.ok("exec", "slow", "touch", "/go")
        assert waiting.communicate(timeout=15)[0] == b"5\n6\n"
    assert cli.ok("wait", "quick", "slow").lines == ["6", "5"], "those that ended are told at once"


def test_a_container_of_rm_is_waited_for_to_its_end(cli: Cli, idle: Idle) -> None:
    container_id = idle("temporary", "--rm")
    with cli.start("wait", container_id) as waiting:
        eventually(lambda: cli.ok("ps", "-q").lines != [])
        cli.ok("kill", "temporary")
        assert waiting.communicate(timeout=15)[0] == b"137\n"


def test_what_is_missing_is_told_and_the_rest_is_waited_for(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "here", busybox_image, "sh", "-c", "exit 9")
    done = cli("wait", "missing", "here")
    assert (done.code, done.lines) == (1, ["9"])
    assert "No such container: missing" in done.err


def test_what_never_ran_is_not_waited_for_and_everybody_is_told(
    cli: Cli, busybox_image: str, idle: Idle
) -> None:
    cli.ok("create", "--name", "fresh", busybox_image, "sleep", "inf")
    assert cli.ok("wait", "fresh", timeout=20).lines == ["0"]
    idle("shared")
    all_of_them = [cli.start("wait", "shared", "shared") for _ in range(3)]
    cli.ok("pause", "shared")
    cli.ok("kill", "shared")
    assert [one.communicate(timeout=20)[0] for one in all_of_them] == [b"137\n137\n"] * 3


def test_the_death_of_a_shim_ends_the_waiting(
    cli: Cli, idle: Idle, engine: PrivateEngine, namespace: str
) -> None:
    idle("box")
    with cli.start("wait", "box") as waiting:
        eventually(lambda: _is_connected(waiting.pid), what="it waits")
        (shim,) = engine.shims(namespace)
        os.kill(shim, signal.SIGKILL)
        out, err = waiting.communicate(timeout=30)
    assert out in {b"137\n", b"255\n"}, err
    eventually(lambda: cli.ok("ps", "-q").lines == [])


def _is_connected(pid: int) -> bool:
    """Has it a socket open?"""
    return any("socket:" in os.readlink(entry.path) for entry in os.scandir(f"/proc/{pid}/fd"))
