"""exec: a second process, its streams, its user, its exit code."""

import hashlib
import signal
from pathlib import Path

import pytest

from tests.integration.conftest import AddImage
from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


def test_streams_are_apart_and_end_with_the_command(cli: Cli, idle: Idle) -> None:
    idle("box")
    done = cli("exec", "box", "sh", "-c", "echo out; echo err >&2; printf tail; exit 7")
    assert (done.code, done.out, done.err) == (7, "out\ntail", "err\n")
    data = bytes(range(256)) * 3000
    assert cli.ok("exec", "-i", "box", "md5sum", stdin=data).line.split()[0] == hashlib.md5(data).hexdigest()
    assert cli.ok("exec", "box", "cat", stdin="not for you").out == ""


def test_exit_codes(cli: Cli, idle: Idle) -> None:
    idle("box")
    for words, code in (
        (("true",), 0),
        (("sh", "-c", "exit 42"), 42),
        (("sh", "-c", "kill -9 $$"), 137),
        (("sh", "-c", "kill -TERM $$"), 143),
        (("no-such-program",), 127),
        (("/etc/passwd",), 126),
        (("/etc",), 126),
        (("--", "sh", "-c", "exit 5"), 5),
    ):
        done = cli("exec", "box", *words)
        assert done.code == code, str(done)
        assert bool(done.err) == (code in {126, 127}), str(done)
    assert cli.ok("ps", "--format", "{{.State}}").lines == ["running"]


def test_it_inherits_environment_directory_and_user(cli: Cli, add_image: AddImage, tmp_path: Path) -> None:
    image = add_image("odd:user")
    cli.ok("run", "-d", "--name", "app", "-e", "A=run", "-e", "B=run", "-h", "box", image, "sleep", "inf")
    (tmp_path / "more.env").write_text("C=file\nD=file\n")
    script = "id -un; id -gn; pwd; echo $HOME $A $B $C $D $HOSTNAME"
    plain = cli.ok("exec", "app", "sh", "-c", script).lines
    assert plain == ["app", "team", "/home/app/work", "/home/app run run box"]
    other = cli.ok("exec", "-u", "root:ops", "-w", "/etc", "-e", "B=exec", "--env-file", "more.env", "-e",
                   "D=flag", "app", "sh", "-c", script).lines  # fmt: skip
    assert other == ["root", "ops", "/etc", "/root run exec file flag box"]
    assert cli.ok("exec", "-u", "1000", "app", "id", "-G").out.split() == ["1000", "2000", "2001"]
    assert cli.ok("exec", "-u", "4321", "app", "sh", "-c", "id -u; id -g").lines == ["4321", "0"]


def test_detached_it_goes_on_by_itself(cli: Cli, idle: Idle) -> None:
    idle("box")
    assert cli.ok("exec", "-d", "box", "sh", "-c", "echo done > /made; sleep inf").out == ""
    eventually(lambda: cli.ok("exec", "box", "cat", "/made").out == "done\n")
    assert "sleep inf" in cli.ok("top", "box").out
    assert cli("exec", "-d", "box", "no-such-program").code == 127


def test_privileged_gives_every_capability(cli: Cli, idle: Idle) -> None:
    idle("box")
    status = ("box", "grep", "CapEff", "/proc/self/status")
    plain, all_of_them = cli.ok("exec", *status).line, cli.ok("exec", "--privileged", *status).line
    assert int(plain.split()[1], 16) < int(all_of_them.split()[1], 16)
    assert "1" in cli.ok("exec", "box", "grep", "Seccomp_filters", "/proc/self/status").out


def test_signals_reach_the_command(cli: Cli, idle: Idle) -> None:
    idle("box")
    script = "trap 'echo bye; exit 6' TERM; echo up; while :; do sleep 0.05; done"
    with cli.start("exec", "box", "sh", "-c", script) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == b"up\n"
        one.send_signal(signal.SIGTERM)
        assert one.stdout.readline() == b"bye\n"
        assert one.wait(10) == 6


@pytest.mark.parametrize("state", ["created", "exited", "paused", "missing"])
def test_only_running_containers_take_it(cli: Cli, idle: Idle, busybox_image: str, state: str) -> None:
    if state == "created":
        cli.ok("create", "--name", "box", busybox_image)
    elif state != "missing":
        idle("box")
        cli.ok(*{"exited": ("stop", "-t0", "box"), "paused": ("pause", "box")}[state])
    refused = cli("exec", "box", "true")
    assert refused.code == 1
    words = {"paused": "is paused", "missing": "No such container: box"}.get(state, "is not running")
    assert words in refused.err


def test_bad_input_is_refused(cli: Cli, idle: Idle) -> None:
    idle("box")
    for words, text in (
        (("box",), "COMMAND"),
        (("-u", "stranger", "box", "true"), "stranger"),
        (("-w", "/no/such/folder", "box", "true"), "/no/such/folder"),
        (("-it", "box", "true"), "terminal"),
        (("--env-file", "missing", "box", "true"), "missing"),
        (("--no-such-flag", "box", "true"), "--no-such-flag"),
    ):
        refused = cli("exec", *words)
        assert refused.code in {1, 125, 126, 127}, str(refused)
        assert text in refused.err, str(refused)
        assert "internal error" not in refused.err


def test_the_end_of_the_container_ends_it(cli: Cli, idle: Idle) -> None:
    idle("box")
    with cli.start("exec", "box", "sh", "-c", "echo up; sleep inf") as one:
        assert one.stdout is not None
        assert one.stdout.readline() == b"up\n"
        cli.ok("kill", "box")
        assert one.wait(10) == 137


def test_many_at_once_lose_nothing(cli: Cli, idle: Idle) -> None:
    idle("box")
    all_of_them = [cli.start("exec", "box", "sh", "-c", f"echo {number}") for number in range(6)]
    assert [one.communicate(timeout=30)[0] for one in all_of_them] == [
        b"%d\n" % number for number in range(6)
    ]
