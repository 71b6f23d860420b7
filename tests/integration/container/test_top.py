"""top: the container's processes, as the host's ps shows them."""

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli


def test_processes_are_those_of_the_container_with_the_host_s_numbers(
    cli: Cli, idle: Idle, inspected: Inspect
) -> None:
    idle("box")
    idle("other")
    titles, row = cli.ok("top", "box").lines
    assert titles.split() == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert row.split()[1] == str(inspected("box", ".State.Pid"))
    assert row.endswith("sleep inf")


def test_ps_options_choose_the_columns(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("box")
    pid = str(inspected("box", ".State.Pid"))
    assert [line.split() for line in cli.ok("top", "box", "-o", "pid,comm").lines] == [
        ["PID", "COMMAND"], [pid, "sleep"],
    ]  # fmt: skip
    titles, row = cli.ok("top", "box", "aux").lines
    assert titles.split()[:3] == ["USER", "PID", "%CPU"]
    assert row.split()[1] == pid


def test_what_cannot_be_shown_is_refused(cli: Cli, idle: Idle, busybox_image: str) -> None:
    idle("box")
    cli.ok("create", "--name", "fresh", busybox_image)
    for words, message in (
        (("box", "-o", "comm"), "PID"),
        (("box", "--no-such-option"), "no-such-option"),
        (("fresh",), "is not running"),
        (("nobody",), "No such container: nobody"),
    ):
        refused = cli("top", *words)
        assert (refused.code, message in refused.err) == (1, True), refused
