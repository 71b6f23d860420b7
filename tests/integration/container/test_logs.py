"""logs: what a container wrote, as it wrote it."""

import hashlib
import re
import signal

import pytest

from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


def test_streams_lines_and_the_missing_newline_are_kept(cli: Cli, busybox_image: str) -> None:
    script = "echo one; echo bad >&2; printf 'two\\n\\nlast'"
    cli("run", "--name", "said", busybox_image, "sh", "-c", script)
    found = cli.ok("logs", "said")
    assert (found.out, found.err) == ("one\ntwo\n\nlast", "bad\n")


def test_bytes_come_back_as_they_went(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "raw", busybox_image, "sh", "-c",
           "head -c 2000000 /dev/urandom > /raw; cat /raw; md5sum /raw >&2")  # fmt: skip
    cli.ok("wait", "raw")
    found = cli.ok("logs", "raw")
    assert hashlib.md5(found.stdout).hexdigest() == found.err.split()[0]


@pytest.fixture
def ten(cli: Cli, busybox_image: str) -> str:
    script = "for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; done"
    cli.ok("run", "--name", "ten", "-e", "WHO=me", "-l", "team=blue", "--log-opt", "env=WHO", "--log-opt",
           "labels=team", busybox_image, "sh", "-c", script)  # fmt: skip
    return "ten"


def test_tail_shows_the_last_lines(cli: Cli, ten: str) -> None:
    assert cli.ok("logs", "--tail", "3", ten).lines == ["8", "9", "10"]
    assert cli.ok("logs", "-n=1", ten).lines == ["10"]
    assert cli.ok("logs", "-n", "0", ten).lines == []
    assert len(cli.ok("logs", "--tail", "all", ten).lines) == 10
    assert len(cli.ok("logs", "--tail", "99", ten).lines) == 10
    assert cli("logs", "--tail", "many", ten).code == 1


def test_times_are_shown_and_chosen_by(cli: Cli, ten: str) -> None:
    lines = cli.ok("logs", "-t", ten).lines
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \d+$", line) for line in lines)
    at = lines[4].split()[0]
    since = cli.ok("logs", "--since", at, ten).lines
    assert since[-6:] == ["5", "6", "7", "8", "9", "10"][-len(since) :]
    until = cli.ok("logs", "--until", at, ten).lines
    assert until[:5] == ["1", "2", "3", "4", "5"]
    assert cli.ok("logs", "--since", "1h", ten).lines == cli.ok("logs", ten).lines
    assert cli.ok("logs", "--until", "1h", ten).lines == []
    assert cli.ok("logs", "--since", "1", ten).lines == cli.ok("logs", ten).lines
    assert cli("logs", "--since", "yesterday", ten).code == 1


def test_details_name_what_the_log_options_chose(cli: Cli, ten: str) -> None:
    assert cli.ok("logs", "--details", "-n1", ten).lines == ["WHO=me,team=blue 10"]


def test_follow_ends_with_the_container_and_not_before(cli: Cli, busybox_image: str) -> None:
    script = "echo first; until [ -e /go ]; do sleep 0.05; done; echo last"
    cli.ok("run", "-d", "--name", "live", busybox_image, "sh", "-c", script)
    with cli.start("logs", "-f", "live") as follow:
        assert follow.stdout is not None
        assert follow.stdout.readline() == b"first\n"
        cli.ok("exec", "live", "touch", "/go")
        assert follow.stdout.read() == b"last\n"
        assert follow.wait(10) == 0


def test_follow_can_be_interrupted(cli: Cli, idle: Idle) -> None:
    idle("silent")
    with cli.start("logs", "--follow", "silent") as follow:
        eventually(lambda: follow.poll() is None)
        follow.send_signal(signal.SIGINT)
        assert follow.wait(10) in {-signal.SIGINT, 128 + signal.SIGINT}
    assert cli.ok("ps", "--format", "{{.State}}").lines == ["running"]


def test_rotation_bounds_the_log_and_keeps_the_order(cli: Cli, busybox_image: str) -> None:
    script = "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done"
    cli.ok("run", "--name", "rotated", "--log-opt", "max-size=20k", "--log-opt", "max-file=3", busybox_image,
           "sh", "-c", script)  # fmt: skip
    numbers = [int(line.split()[1]) for line in cli.ok("logs", "rotated").lines]
    assert numbers == list(range(numbers[0], 3000))
    assert 300 < len(numbers) < 1500
    assert cli.ok("logs", "--tail", "400", "rotated").lines[0] == "line 2600"


def test_what_has_no_log_is_told(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "--name", "mute", "--log-driver", "none", busybox_image, "echo", "gone")
    cli.ok("create", "--name", "fresh", busybox_image)
    mute = cli("logs", "mute")
    assert mute.code == 1
    assert "none" in mute.err
    assert cli.ok("logs", "fresh").out == ""
    missing = cli("logs", "missing")
    assert missing.code == 1
    assert "No such container: missing" in missing.err
