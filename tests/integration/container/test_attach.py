"""attach without a terminal: output, input, signals, exit codes."""

import signal
import subprocess
from pathlib import Path

from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

TALKS = "until [ -e /go ]; do sleep 0.05; done; echo out; echo err >&2; exit 8"


def attached() -> int:
    """How many clients the monitors of this machine have."""
    rows = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()]
    return sum(row[-1].endswith("attach.sock") and row[5] == "03" for row in rows)


def test_attach_shows_what_comes_and_ends_with_the_exit_code(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "box", busybox_image, "sh", "-c", TALKS)
    both = [cli.start("attach", *flags, "box") for flags in ((), ("--no-stdin",))]
    eventually(lambda: attached() == 2)
    cli.ok("exec", "box", "touch", "/go")
    for one in both:
        out, err = one.communicate(timeout=15)
        assert (out, err, one.returncode) == (b"out\n", b"err\n", 8)


def test_input_reaches_the_container_and_its_end_does_not_close_it(cli: Cli, busybox_image: str) -> None:
    script = "read a; echo got $a; read b; echo got $b; cat"
    cli.ok("run", "-d", "-i", "--name", "box", busybox_image, "sh", "-c", script)
    with cli.start("attach", "--no-stdin", "box") as watching:
        eventually(lambda: attached() == 1)
        for word in ("one", "two"):
            with cli.start("attach", "box", stdin=subprocess.PIPE) as feeding:
                assert feeding.stdin is not None
                assert feeding.stdout is not None
                feeding.stdin.write(f"{word}\n".encode())
                feeding.stdin.close()
                assert feeding.stdout.readline() == f"got {word}\n".encode()
                feeding.kill()
        assert cli.ok("ps", "--format", "{{.State}}").lines == ["running"]
        cli.ok("kill", "box")
        assert watching.communicate(timeout=15)[0] == b"got one\ngot two\n"


def test_signals_go_through_unless_told_otherwise(cli: Cli, busybox_image: str) -> None:
    script = "trap 'echo term' TERM; echo up; while :; do sleep 0.05; done"
    cli.ok("run", "-d", "--name", "box", busybox_image, "sh", "-c", script)
    eventually(lambda: cli.ok("logs", "box").lines == ["up"])
    with cli.start("attach", "--sig-proxy=false", "box") as silent:
        eventually(lambda: attached() == 1)
        cli.ok("kill", "-s", "TERM", "box")
        assert silent.stdout is not None
        assert silent.stdout.readline() == b"term\n"
        silent.send_signal(signal.SIGTERM)
        assert silent.wait(10) in {-signal.SIGTERM, 128 + signal.SIGTERM}
    with cli.start("attach", "box") as one:
        eventually(lambda: attached() == 1)
        cli.ok("kill", "-s", "TERM", "box")
        assert one.stdout is not None
        assert one.stdout.readline() == b"term\n"
        one.send_signal(signal.SIGTERM)
        assert one.stdout.readline() == b"term\n"
        cli.ok("kill", "box")
        assert one.wait(10) == 137


def test_what_does_not_run_cannot_be_attached_to(cli: Cli, busybox_image: str, idle: Idle) -> None:
    cli.ok("create", "--name", "fresh", busybox_image)
    idle("frozen")
    cli.ok("pause", "frozen")
    for name, words in (
        ("fresh", "is not running"),
        ("frozen", "is paused"),
        ("missing", "No such container: missing"),
    ):
        refused = cli("attach", name)
        assert refused.code == 1
        assert words in refused.err


def test_bad_detach_keys_are_refused(cli: Cli, idle: Idle) -> None:
    idle("box")
    refused = cli("attach", "--detach-keys", "ctrl-1", "box")
    assert refused.code in {1, 125}
    assert "ctrl-1" in refused.err
