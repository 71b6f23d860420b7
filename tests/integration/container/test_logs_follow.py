"""`logs` of what is written fast, rotated, restarted, or kept elsewhere: complete and in order."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

QUIET = ("--network", "none")
LINE = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
SOME_MB = f"yes {LINE} | head -n 240000 | awk '{{print NR, $0}}'"
"""About 17 MB of lines that differ, written as fast as they are taken."""


def test_much_output_is_the_same_at_both_ends(cli: Cli, busybox_image: str) -> None:
    script = f"{SOME_MB} > /big; sha256sum < /big > /sum; cat /big; cat /sum >&2"
    run = cli("run", "--name", "loud", *QUIET, busybox_image, "sh", "-c", script)
    expected = run.err.split()[0]
    assert sha256(run.stdout).hexdigest() == expected
    for words in (["logs", "loud"], ["logs", "-f", "loud"], ["logs", "--tail", "240001", "loud"]):
        shown = cli.ok(*words)
        assert (sha256(shown.stdout).hexdigest(), shown.err) == (expected, run.err)


def test_a_follower_of_much_output_through_rotations_gets_all_of_it(cli: Cli, busybox_image: str) -> None:
    options = ("--log-opt", "max-size=5m", "--log-opt", "max-file=20")
    made = f"{SOME_MB} > /big; sha256sum < /big > /sum"
    script = f"{made}; until [ -e /go ]; do sleep 0.05; done; cat /big; cat /sum >&2"
    cli.ok("run", "-d", "--name", "loud", *options, *QUIET, busybox_image, "sh", "-c", script)
    with cli.start("logs", "-f", "loud") as follow:
        cli.ok("exec", "loud", "touch", "/go")
        out, err = follow.communicate(timeout=60)
    assert sha256(out).hexdigest() == err.split()[0].decode()
    assert sha256(cli.ok("logs", "loud").stdout).hexdigest() == err.split()[0].decode()


def test_tail_counts_across_rotated_files(cli: Cli, busybox_image: str) -> None:
    options = ("--log-opt", "max-size=2k", "--log-opt", "max-file=5")
    cli.ok("run", "--name", "rotated", *options, *QUIET, busybox_image, "seq", "1", "1000")
    for count in (1, 25, 60, 95):
        assert cli.ok("logs", "-n", str(count), "rotated").lines == [
            str(number) for number in range(1001 - count, 1001)
        ]
    everything = [int(line) for line in cli.ok("logs", "rotated").lines]
    assert everything == list(range(everything[0], 1001))
    follow = cli.start("logs", "-f", "-n", "3", "rotated")
    assert follow.communicate(timeout=20)[0] == b"998\n999\n1000\n"


def test_follow_goes_on_through_a_restart(cli: Cli, busybox_image: str) -> None:
    script = "trap 'echo ends; exit 3' TERM; echo begins; while :; do sleep 0.05; done"
    cli.ok("run", "-d", "--name", "again", *QUIET, busybox_image, "sh", "-c", script)
    with cli.start("logs", "-f", "again") as follow:
        assert follow.stdout is not None
        assert follow.stdout.readline() == b"begins\n"
        for _ in range(2):
            cli.ok("restart", "again")
            assert follow.stdout.readline() == b"ends\n"
            assert follow.stdout.readline() == b"begins\n"
        cli.ok("stop", "again")
        assert follow.stdout.read() == b"ends\n"
        assert follow.wait(20) == 0
    assert cli.ok("logs", "again").lines == ["begins", "ends"] * 3


def test_follow_goes_on_while_containerd_restarts_the_container(cli: Cli, busybox_image: str) -> None:
    script = "echo run; until [ -e /go ]; do sleep 0.05; done; rm /go; echo over; exit 1"
    cli.ok(
        "run", "-d", "--restart", "on-failure:1", "--name", "again", *QUIET, busybox_image, "sh", "-c", script
    )
    with cli.start("logs", "-f", "again") as follow:
        assert follow.stdout is not None
        for _ in range(2):
            assert follow.stdout.readline() == b"run\n"
            eventually(lambda: cli("exec", "again", "touch", "/go").code == 0)
            assert follow.stdout.readline() == b"over\n"
        cli.ok("stop", "again")
        assert follow.wait(20) == 0


def test_a_last_line_without_newline_is_never_lost(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "brief", *QUIET, busybox_image, "printf", "no newline")
    for number in range(1, 11):
        assert cli.ok("start", "-a", "brief").out == "no newline"
        assert cli.ok("logs", "brief").out == "no newline" * number
    assert cli.ok("logs", "-n", "1", "brief").out.endswith("no newline")


def test_follow_shows_half_a_line_at_the_end(cli: Cli, busybox_image: str) -> None:
    script = "printf 'one\\ntw'; until [ -e /go ]; do sleep 0.05; done; printf 'o\\nthree'; printf bad >&2"
    cli.ok("run", "-d", "--name", "half", *QUIET, busybox_image, "sh", "-c", script)
    with cli.start("logs", "-f", "half") as follow:
        assert follow.stdout is not None
        assert follow.stdout.readline() == b"one\n"
        cli.ok("exec", "half", "touch", "/go")
        out, err = follow.communicate(timeout=20)
    assert (out, err) == (b"two\nthree", b"bad")


def test_a_long_line_is_one_line_again(cli: Cli, busybox_image: str) -> None:
    script = "head -c 100000 /dev/zero | tr '\\0' x; echo; echo after"
    cli.ok("run", "--name", "long", *QUIET, busybox_image, "sh", "-c", script)
    assert cli.ok("logs", "long").lines == ["x" * 100000, "after"]
    assert cli.ok("logs", "-n", "2", "long").lines == ["x" * 100000, "after"]
    stamped = cli.ok("logs", "-t", "long").lines
    assert [line.partition(" ")[2] for line in stamped] == ["x" * 100000, "after"]


def test_a_terminals_output_is_kept_as_it_was_and_stderr_is_in_it(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-t", "--name", "screen", *QUIET, busybox_image, "sh", "-c", "echo out; echo err >&2")
    shown = cli.ok("logs", "screen")
    assert (shown.stdout, shown.err) == (b"out\r\nerr\r\n", "")  # docker: nothing is taken away


@pytest.mark.parametrize("interactive", [[], ["-i"]])
def test_what_is_written_before_the_exit_is_in_the_log_when_wait_returns(
    cli: Cli, busybox_image: str, interactive: list[str]
) -> None:
    cli.ok(
        "run",
        "-d",
        *interactive,
        "--name",
        "gone",
        *QUIET,
        busybox_image,
        "sh",
        "-c",
        "seq 1 50000; printf end",
    )
    cli.ok("wait", "gone")
    assert cli.ok("logs", "gone").out.endswith("50000\nend")


def test_a_log_elsewhere_is_found_and_goes_on_there(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    log = tmp_path / "elsewhere.log"
    cli.ok("run", "--name", "moved", "--log-opt", f"log-path={log}", *QUIET, busybox_image, "echo", "hello")
    assert json.loads(log.read_text())["log"] == "hello\n"
    assert cli.ok("logs", "moved").out == "hello\n"
    assert cli.ok("start", "-a", "moved").out == "hello\n"
    assert cli.ok("logs", "-n", "5", "moved").out == "hello\nhello\n"
    assert cli.ok("inspect", "-f", "{{.LogPath}}", "moved").line == str(log)
    log.unlink()
    missing = cli("logs", "moved")
    assert (missing.code, missing.out) == (1, "")
    assert "no log" in missing.err


def test_logs_of_what_never_ran_end_at_once(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "fresh", *QUIET, busybox_image, "true")
    assert cli.ok("logs", "-f", "fresh", timeout=20).out == ""
    cli.ok("rm", "fresh")
    assert "No such container: fresh" in cli("logs", "-f", "fresh").err


def test_follow_ends_when_the_container_is_removed(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "doomed", *QUIET, busybox_image, "sh", "-c", "echo here; sleep inf")
    with cli.start("logs", "-f", "doomed") as follow:
        assert follow.stdout is not None
        assert follow.stdout.readline() == b"here\n"
        cli.ok("rm", "-f", "doomed")
        out, err = follow.communicate(timeout=20)
    assert (out, err, follow.returncode) == (b"", b"", 0)
