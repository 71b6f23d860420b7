"""A monitor that is killed while its container runs: noticed, replaced, and the output goes on."""

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.integration.crash.conftest import monitor_of
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

SAYING = """trap exit TERM; mkdir /say
while sleep 0.05; do for f in /say/*; do if [ -f $f ]; then cat $f; rm $f; fi; done; done"""
"""Says what is put into /say, and goes on when nobody listens (PID 1 is not ended by SIGPIPE)."""


def start(cli: Cli, image: str, *flags: str) -> str:
    return cli.ok("run", "-d", "--name", "watched", *flags, image, "sh", "-c", SAYING).line


def say(cli: Cli, text: str) -> None:
    """Have the container say it; returns when it has tried."""
    cli.ok(
        "exec",
        "watched",
        "sh",
        "-c",
        f"echo {text} > /tmp/x; mv /tmp/x /say/x; while [ -f /say/x ]; do :; done",
    )


def has_said(cli: Cli, text: str) -> bool:
    return text in cli.ok("logs", "watched").out


def kill_monitor(container: str, *, has_parent: bool = False) -> None:
    """With a parent of nerdpy's it stays a zombie for as long as that one lives."""
    pid = monitor_of(container)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not os.path.exists(f"/proc/{pid}/exe" if has_parent else f"/proc/{pid}"))


@pytest.mark.parametrize(
    "flags", [(), ("-t",), ("-i",), ("-it",)], ids=["pipes", "terminal", "fifos", "both"]
)
def test_the_next_look_starts_another_and_says_so(
    cli: Cli, busybox_image: str, flags: tuple[str, ...]
) -> None:
    container = start(cli, busybox_image, *flags)
    say(cli, "before")
    eventually(lambda: has_said(cli, "before"))
    kill_monitor(container)
    talk = cli.ok("ps").err
    assert "the monitor of container watched was killed, and a new one goes on" in talk
    assert monitor_of(container)
    assert cli.ok("ps").err == ""
    say(cli, "after")
    eventually(lambda: has_said(cli, "after"))
    assert cli.ok("logs", "watched").out.split() == ["before", "after"]
    cli.ok("stop", "-t", "3", "watched")
    assert cli.ok("inspect", "-f", "{{.State.Status}}", "watched").line == "exited"


@pytest.mark.parametrize("flags", [(), ("-t",), ("-i",)], ids=["pipes", "terminal", "fifos"])
def test_what_it_had_not_read_yet_is_not_lost(cli: Cli, busybox_image: str, flags: tuple[str, ...]) -> None:
    container = start(cli, busybox_image, *flags)
    os.kill(monitor_of(container), signal.SIGSTOP)
    say(cli, "unread")
    kill_monitor(container)
    cli.ok("inspect", "watched")
    eventually(lambda: has_said(cli, "unread"))


def test_a_container_with_an_open_input_loses_nothing_meanwhile(cli: Cli, busybox_image: str) -> None:
    container = start(cli, busybox_image, "-i")
    root = root_of(cli)
    kill_monitor(container)
    say_unnoticed(root, "meanwhile")
    assert "lost" not in cli.ok("inspect", "watched").err
    eventually(lambda: has_said(cli, "meanwhile"))


@pytest.mark.parametrize("flags", [(), ("-t",)], ids=["pipes", "terminal"])
def test_what_is_lost_is_said_and_the_rest_comes(
    cli: Cli, busybox_image: str, flags: tuple[str, ...]
) -> None:
    container = start(cli, busybox_image, *flags)
    root = root_of(cli)
    kill_monitor(container)
    say_unnoticed(root, "meanwhile")
    assert "; what the container wrote meanwhile is lost" in cli.ok("inspect", "watched").err
    say(cli, "afterwards")
    eventually(lambda: has_said(cli, "afterwards"))


def say_unnoticed(root: Path, text: str) -> None:
    """`say`, without any nerdpy that would notice."""
    (root / "y").write_text(f"{text}\n")
    (root / "y").rename(root / "say/y")
    eventually(lambda: not (root / "say/y").exists())


def root_of(cli: Cli) -> Path:
    """The container's files, as its process sees them."""
    root = Path("/proc", cli.ok("inspect", "-f", "{{.State.Pid}}", "watched").line, "root")
    eventually((root / "say").is_dir)
    return root


def test_health_checks_attached_clients_and_ports_go_on(cli: Cli, busybox_image: str) -> None:
    flags = ("--health-cmd", "echo x >> /probes", "--health-interval", "300ms", "-p", "127.0.0.1:8088:80")
    container = start(cli, busybox_image, *flags)
    kill_monitor(container)
    assert "was killed" in cli("logs", "watched").err
    before = len(cli("exec", "watched", "cat", "/probes").lines)
    eventually(lambda: len(cli("exec", "watched", "cat", "/probes").lines) > before + 2)
    with socket.socket() as taken, pytest.raises(OSError, match="in use"):
        taken.bind(("127.0.0.1", 8088))
    attached = cli.start("attach", "--no-stdin", "watched")
    eventually(lambda: has_client(container))
    say(cli, "live")
    assert attached.stdout is not None
    assert attached.stdout.readline().split() == [b"live"]
    cli.ok("kill", "watched")
    assert attached.wait() == 137


def has_client(container: str) -> bool:
    sockets = [os.readlink(each) for each in Path(f"/proc/{monitor_of(container)}/fd").iterdir()]
    return sum(each.startswith("socket:") for each in sockets) >= 3  # the listener, the port, the client


@pytest.mark.parametrize("flags", [(), ("-i",)], ids=["pipes", "fifos"])
def test_a_run_in_the_foreground_and_a_follower_go_on_with_the_new_one(
    cli: Cli, busybox_image: str, flags: tuple[str, ...]
) -> None:
    with Path(cli.folder, "run").open("wb") as out, Path(cli.folder, "logs").open("wb") as log:
        running = cli.start(
            "run", "--rm", "--name", "watched", *flags, busybox_image, "sh", "-c", SAYING, stdout=out.fileno()
        )
        eventually(lambda: cli("exec", "watched", "test", "-d", "/say").code == 0)
        following = cli.start("logs", "-f", "watched", stdout=log.fileno())
        container = cli.ok("inspect", "-f", "{{.Id}}", "watched").line
        say(cli, "before")
        eventually(lambda: Path(log.name).read_text() == "before\n")
        kill_monitor(container, has_parent=bool(flags))
        eventually(lambda: monitor_of(container))
        say(cli, "after")
        cli.ok("kill", "watched")
        assert running.wait() == 137
        following.wait()
    assert Path(out.name).read_text() == Path(log.name).read_text() == "before\nafter\n"
    assert b"was killed, and a new one goes on" in running.communicate()[1]
    assert cli.ok("ps", "-aq").lines == []


def test_the_new_one_sees_to_the_end(cli: Cli, busybox_image: str) -> None:
    container = start(cli, busybox_image, "--rm")
    kill_monitor(container)
    cli.ok("ps")
    os.kill(int(cli.ok("inspect", "-f", "{{.State.Pid}}", "watched").line), signal.SIGKILL)
    eventually(lambda: not folder_of(container).exists())


def folder_of(container: str) -> Path:
    return next(Path("/var/lib/nerdpy").glob(f"*/containers/*/{container}"), Path("/nowhere"))
