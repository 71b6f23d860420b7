"""start: a container that was created, stopped, or runs already."""

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


def test_start_runs_the_same_command_again(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    cli.ok(
        "create",
        "--name",
        "again",
        busybox_image,
        "sh",
        "-c",
        "n=$((0$(cat /n 2>/dev/null) + 1)); echo $n > /n; echo $n",
    )
    for number in ("1", "2"):
        assert cli.ok("start", "again").lines == ["again"]
        assert cli.ok("wait", "again").lines == ["0"]
        assert cli.ok("logs", "again").lines[-1] == number
    state = inspected("again", ".State")
    assert state["Status"] == "exited"
    assert state["StartedAt"] < state["FinishedAt"]
    assert cli.ok("logs", "again").lines == ["1", "2"], "the log goes on"


def test_attached_it_shows_the_output_and_gives_back_the_exit_code(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "talks", busybox_image, "sh", "-c", "echo out; echo err >&2; exit 4")
    done = cli("start", "-a", "talks")
    assert (done.code, done.out, done.err) == (4, "out\n", "err\n")
    cli.ok("create", "-i", "--name", "eats", busybox_image, "cat")
    assert cli.ok("start", "-ai", "eats", stdin="food\n").out == "food\n"
    refused = cli("start", "-a", "talks", "eats")
    assert refused.code != 0
    assert "cannot" in refused.err


def test_starting_a_running_container_changes_nothing(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("up")
    pid = inspected("up", ".State.Pid")
    assert cli.ok("start", "up").lines == ["up"]
    assert inspected("up", ".State.Pid") == pid


def test_several_are_started_and_each_failure_is_told(cli: Cli, busybox_image: str, idle: Idle) -> None:
    cli.ok("create", "--name", "one", busybox_image, "sleep", "inf")
    cli.ok("create", "--name", "two", busybox_image, "no-such-program")
    idle("held")
    cli.ok("pause", "held")
    done = cli("start", "one", "two", "missing", "held")
    assert (done.code, done.lines) == (1, ["one"])
    for words in ("no-such-program", "No such container: missing", "paused"):
        assert words in done.err
    cli.ok("unpause", "held")


def test_a_container_of_rm_is_gone_after_its_second_end_too(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--rm", "--name", "once", busybox_image, "true")
    cli.ok("start", "-a", "once")
    eventually(lambda: cli.ok("ps", "-aq").lines == [])
