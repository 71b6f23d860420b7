"""rename, port, top, pause and unpause."""

import pytest

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


def test_rename_moves_the_name(cli: Cli, idle: Idle, busybox_image: str, inspected: Inspect) -> None:
    container_id = idle("old")
    assert cli.ok("rename", "old", "new").out == ""
    assert inspected("new", ".Id") == container_id
    assert "No such container: old" in cli("container", "inspect", "old").err
    cli.ok("create", "--name", "old", busybox_image)
    for words, text in (
        (("old", "new"), "is already in use"),
        (("new", "new"), "already"),
        (("new", "not valid"), "not valid"),
        (("missing", "other"), "No such container: missing"),
    ):
        refused = cli("rename", *words)
        assert refused.code == 1, str(refused)
        assert text in refused.err, str(refused)
    assert sorted(cli.ok("ps", "-a", "--format", "{{.Names}}").lines) == ["new", "old"]
    cli.ok("stop", "-t0", "new")
    cli.ok("start", "new")
    assert inspected("new", ".Name") == "/new"


def test_the_hosts_files_of_others_follow(cli: Cli, busybox_image: str) -> None:
    cli.ok("network", "create", "own")
    for name in ("first", "second"):
        cli.ok("run", "-d", "--name", name, "--network", "own", busybox_image, "sleep", "inf")
    cli.ok("run", "-d", "--name", "away", "--network", "own", busybox_image, "sleep", "inf")
    cli.ok("stop", "-t0", "away")
    cli.ok("rename", "first", "renamed")
    cli.ok("rename", "away", "returned")
    cli.ok("start", "returned")
    for name in ("second", "returned"):
        cli.ok("exec", name, "ping", "-c", "1", "-w", "5", "renamed")
        assert "first" not in cli.ok("exec", name, "cat", "/etc/hosts").out.split()
    cli.ok("exec", "renamed", "ping", "-c", "1", "-w", "5", "returned")
    cli.ok("rm", "-f", "renamed", "second", "returned")


def test_two_who_want_one_name_agree(cli: Cli, idle: Idle) -> None:
    idle("first")
    idle("second")
    both = [cli.start("rename", name, "wanted") for name in ("first", "second")]
    errors = [one.communicate(timeout=30)[1] for one in both]
    assert sorted(one.returncode for one in both) == [0, 1]
    assert b"already in use" in b"".join(errors)
    names = set(cli.ok("ps", "--format", "{{.Names}}").lines)
    assert len(names) == 2
    assert "wanted" in names


def test_port_tells_where_ports_are_published(cli: Cli, idle: Idle) -> None:
    idle("box", "-p", "127.0.0.1:7900:80", "-p", "7901:53/udp")
    lines = cli.ok("port", "box").lines
    assert "80/tcp -> 127.0.0.1:7900" in lines
    assert "53/udp -> 0.0.0.0:7901" in lines
    assert cli.ok("port", "box", "80").lines == cli.ok("port", "box", "80/tcp").lines == ["127.0.0.1:7900"]
    for words, text in (
        (("box", "53"), "53/tcp"),
        (("box", "eighty"), "eighty"),
        (("missing",), "No such container: missing"),
    ):
        refused = cli("port", *words)
        assert refused.code == 1
        assert text in refused.err
    idle("bare")
    assert cli.ok("port", "bare").out == ""


def test_top_lists_the_containers_processes_only(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("box")
    cli.ok("exec", "-d", "box", "sleep", "1234")
    header, *rows = eventually(lambda: [line for line in cli.ok("top", "box").lines if line][0:3])
    assert header.split()[:3] == ["UID", "PID", "PPID"]
    assert {" ".join(row.split()[7:]) for row in rows} == {"sleep inf", "sleep 1234"}
    assert str(inspected("box", ".State.Pid")) in {row.split()[1] for row in rows}
    titles = cli.ok("top", "box", "-o", "pid,comm").lines
    assert titles[0].split() == ["PID", "COMMAND"]
    assert len(titles) == 3
    assert cli("top", "box", "-o", "comm").code == 1
    cli.ok("stop", "-t0", "box")
    refused = cli("top", "box")
    assert refused.code == 1
    assert "is not running" in refused.err


def test_pause_freezes_and_unpause_thaws(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    script = "i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.02; done"
    cli.ok("run", "-d", "--name", "box", busybox_image, "sh", "-c", script)
    pid = inspected("box", ".State.Pid")

    def count() -> str:
        with open(f"/proc/{pid}/root/count") as file:
            return file.read()

    eventually(lambda: count() != "")
    assert cli.ok("pause", "box").lines == ["box"]
    state = inspected("box", ".State")
    assert (state["Status"], state["Paused"], state["Running"]) == ("paused", True, True)
    before = count()
    assert cli.ok("ps", "--format", "{{.State}}").lines == ["paused"]
    assert count() == before
    again = cli("pause", "box")
    assert again.code == 1
    assert "already paused" in again.err
    assert cli.ok("unpause", "box").lines == ["box"]
    eventually(lambda: count() != before)
    assert inspected("box", ".State.Status") == "running"


@pytest.mark.parametrize("verb", ["pause", "unpause"])
def test_only_what_runs_can_be_paused(cli: Cli, idle: Idle, busybox_image: str, verb: str) -> None:
    cli.ok("create", "--name", "fresh", busybox_image)
    idle("up")
    done = cli(verb, "fresh", "missing", "up")
    assert done.code == 1
    assert "No such container: missing" in done.err
    assert ("is not running" if verb == "pause" else "is not paused") in done.err
    assert done.lines == (["up"] if verb == "pause" else [])
