"""wait: exit codes, in the order asked."""

from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
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
