"""stdin and stdout that are pipes or files, where no byte may be lost and nobody may hang."""

import os
import subprocess
from hashlib import sha256

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually
from tests.integration.terminal.conftest import IsRunning

BIG = bytes(range(256)) * (20 << 12)
"""20 MiB in which every byte occurs."""
QUIET = ("--network", "none")


def test_a_pipe_comes_to_its_end_every_time(cli: Cli, busybox_image: str) -> None:
    for number in range(5):
        shown = cli.ok("run", "-i", "--rm", *QUIET, busybox_image, "cat", stdin=f"{number}\n", timeout=20)
        assert shown.line == str(number)
    cli.ok("create", "-i", "--name", "again", *QUIET, busybox_image, "cat")
    for number in range(15):
        assert cli.ok("start", "-ai", "again", stdin=f"{number}\n", timeout=20).line == str(number)


def test_a_big_input_arrives_whole_and_comes_back(cli: Cli, busybox_image: str) -> None:
    script = "tee /tmp/copy; sha256sum < /tmp/copy >&2; exit 3"
    shown = cli("run", "-i", "--rm", *QUIET, busybox_image, "sh", "-c", script, stdin=BIG)
    assert shown.code == 3
    assert shown.err.split()[0] == sha256(BIG).hexdigest()
    assert sha256(shown.stdout).hexdigest() == sha256(BIG).hexdigest()


def test_no_input_is_an_end_too(cli: Cli, busybox_image: str) -> None:
    assert cli.ok("run", "-i", "--rm", *QUIET, busybox_image, "cat").out == ""
    closed = subprocess.run(
        ["bash", "-c", f"exec python -m nerdpy run -i --rm --network none {busybox_image} cat <&-"],
        env=cli.environment,
        timeout=20,
        check=False,
    )
    assert closed.returncode == 0


def test_a_container_that_does_not_read_ends_in_spite_of_its_input(cli: Cli, busybox_image: str) -> None:
    assert cli("run", "-i", "--rm", *QUIET, busybox_image, "sh", "-c", "exit 4", stdin=BIG).code == 4
    waiting = cli.start(
        "run", "-i", "--rm", *QUIET, busybox_image, "sh", "-c", "exit 5", stdin=subprocess.PIPE
    )
    assert waiting.wait(20) == 5
    waiting.communicate()


def test_a_container_that_closes_its_stdin_goes_on(cli: Cli, busybox_image: str) -> None:
    script = "exec <&-; sleep 1; echo after"
    assert cli.ok("run", "-i", "--rm", *QUIET, busybox_image, "sh", "-c", script, stdin=BIG).out == "after\n"


def test_without_i_the_callers_input_stays_his(cli: Cli, busybox_image: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"python -m nerdpy run --rm --network none {busybox_image} cat; cat"],
        env=cli.environment,
        input=b"mine",
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.stdout == b"mine"


def test_stdin_alone_is_fed_to_its_end_and_the_id_is_printed(cli: Cli, busybox_image: str) -> None:
    fed = cli.ok("run", "-i", "-a", "stdin", "--name", "fed", *QUIET, busybox_image, "sha256sum", stdin=BIG)
    assert fed.line == cli.ok("inspect", "-f", "{{.Id}}", "fed").line
    assert cli.ok("wait", "fed").line == "0"
    assert cli.ok("logs", "fed").out.split()[0] == sha256(BIG).hexdigest()
    assert len(cli.ok("run", "-a", "stdin", "--rm", *QUIET, busybox_image, "true").line) == 64


def test_stderr_alone_still_tells_the_exit_code(cli: Cli, busybox_image: str) -> None:
    script = "echo out; echo err >&2; exit 9"
    shown = cli("run", "-a", "stderr", "--rm", *QUIET, busybox_image, "sh", "-c", script)
    assert (shown.code, shown.out, shown.err) == (9, "", "err\n")


def test_a_slow_reader_gets_everything_after_the_exit(cli: Cli, busybox_image: str) -> None:
    script = "seq 1 200000; echo last >&2; exit 2"
    run = cli.start("run", "--name", "fast", *QUIET, busybox_image, "sh", "-c", script)
    assert run.stdout is not None
    first = os.read(run.stdout.fileno(), 10)  # past its buffer, which communicate() does not look into
    # The log takes what the reader does not: 256 KiB wait in the monitor, as much in the client.
    eventually(lambda: "\n" in cli("logs", "-n", "1", "fast").out)
    out, err = run.communicate(timeout=20)
    assert (first + out).split() == [str(number).encode() for number in range(1, 200001)]
    assert (err, run.returncode) == (b"last\n", 2)


def test_a_child_that_keeps_stdout_open_does_not_hold_the_caller(cli: Cli, busybox_image: str) -> None:
    assert (
        cli.ok("run", "--rm", *QUIET, busybox_image, "sh", "-c", "sleep 60 & echo out", timeout=15).out
        == "out\n"
    )


@pytest.mark.parametrize("flags", [["--rm"], ["--rm", "-i"]])
def test_a_closed_stdout_ends_it_quietly_and_leaves_nothing(
    cli: Cli, busybox_image: str, flags: list[str]
) -> None:
    run = cli.start("run", *flags, *QUIET, busybox_image, "seq", "1", "100000")
    assert run.stdout is not None
    assert run.stdout.readline() == b"1\n"
    run.stdout.close()
    assert run.wait(20) in {-13, 141}
    assert run.stderr is not None
    assert run.stderr.read() == b""
    eventually(lambda: cli("ps", "-aq").out == "", what="the container is removed")


def test_a_closed_stdout_of_exec_and_logs_ends_them_quietly(cli: Cli, busybox_image: str) -> None:
    cli.ok(
        "run", "-d", "--name", "talker", *QUIET, busybox_image, "sh", "-c", "yes | head -n 300000; sleep inf"
    )
    commands: list[tuple[str, ...]] = [
        ("exec", "talker", "yes"),
        ("logs", "-f", "talker"),
        ("attach", "--no-stdin", "talker"),
    ]
    for words in commands:
        if words[0] == "attach":
            cli.ok("exec", "-d", "talker", "sh", "-c", "yes > /proc/1/fd/1")
        process = cli.start(*words)
        assert process.stdout is not None
        assert process.stdout.readline() == b"y\n"
        process.stdout.close()
        assert process.wait(20) in {-13, 141}
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_stdin_of_a_detached_container_stays_open_for_attach(
    cli: Cli, busybox_image: str, is_running: IsRunning
) -> None:
    cli.ok(
        "run",
        "-di",
        "--name",
        "reader",
        *QUIET,
        busybox_image,
        "sh",
        "-c",
        "while read -r x; do echo got $x; done",
    )
    for word in ("one", "two"):  # docker: only the end of the first attached input of `run -i` is an end
        attached = cli.start("attach", "reader", stdin=subprocess.PIPE)
        assert attached.stdin is not None
        assert attached.stdout is not None
        attached.stdin.write(f"{word}\n".encode())
        attached.stdin.close()
        assert attached.stdout.readline() == f"got {word}\n".encode()
        attached.kill()
        attached.wait(20)
    assert is_running("reader")


def test_attach_works_when_stdin_has_ended_already(cli: Cli, busybox_image: str) -> None:
    script = "cat; echo waiting; sleep 2; echo late; exit 6"
    run = cli.start("run", "-i", "--name", "past", *QUIET, busybox_image, "sh", "-c", script)
    assert run.stdout is not None
    assert run.stdout.readline() == b"waiting\n"
    attached = cli("attach", "past", stdin="unread\n")
    assert (attached.code, attached.out) == (6, "late\n")
    assert run.wait(20) == 6
    run.communicate()


def test_all_clients_see_the_output_and_the_exit_code(cli: Cli, busybox_image: str) -> None:
    script = "read -r x; seq 1 20000; exit 7"
    cli.ok("run", "-di", "--name", "shown", *QUIET, busybox_image, "sh", "-c", script)
    watchers = [cli.start("attach", "--no-stdin", "shown") for _ in range(2)]
    feeder = cli.start("attach", "shown", stdin=subprocess.PIPE)
    sockets = cli.environment["NERDPY_NAMESPACE"]
    eventually(lambda: _clients(sockets) >= 3, what="all are attached")
    out, _ = feeder.communicate(b"go\n", timeout=20)
    expected = "".join(f"{number}\n" for number in range(1, 20001)).encode()
    assert (out, feeder.returncode) == (expected, 7)
    for watcher in watchers:
        assert (watcher.communicate(timeout=20)[0], watcher.returncode) == (expected, 7)


def _clients(namespace: str) -> int:
    """How many connections monitors have accepted (connected unix sockets bear the listener's path)."""
    shown = subprocess.run(["ss", "-xH", "state", "established"], capture_output=True, text=True, check=True)
    return shown.stdout.count("attach.sock")
