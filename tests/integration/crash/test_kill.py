"""kill -9 of nerdpy at every step; one more command, and the machine is as before."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.integration.crash.conftest import Dying, World, monitor_of
from tests.integration.support.cli import Cli
from tests.integration.support.leftovers import STATE_ROOT

NAME = "victim"
FLAGS = ("--name", NAME, "-p", "8080:80", "-v", "kept:/kept", "-v", "/anonymous")
IMAGE = ("--mount", "type=image,src=busybox,dst=/image,image-subpath=bin")
FRESH = ("-v", "fresh:/fresh", *IMAGE)
SLEEPER = ("busybox", "sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait")


def put_right(cli: Cli, world: World, step: str) -> None:
    """One more command: the container is gone with all that was its own, or it is whole."""
    when = f"killed before [{step}]" if step else "not killed"
    rows = cli.ok("ps", "-a", "--format", "{{.Names}} {{.State}}").lines
    assert not step or not cli.diary[-1].err, f"{when}: {cli.diary[-1]}"
    if rows:
        cli.ok("rm", "-f", "-v", NAME)
        cli("volume", "rm", "fresh")
    world.expect_as_before(f"{when}, then {rows}")


def test_run_in_the_background(dying: Dying, world: World, cli: Cli) -> None:
    for step in dying.every_step("run", "-d", *FLAGS, *FRESH, *SLEEPER):
        put_right(cli, world, step)


def test_run_in_the_foreground_that_removes_itself(dying: Dying, world: World, cli: Cli) -> None:
    for step in dying.every_step("run", "--rm", *FLAGS, "busybox", "echo", "hello"):
        put_right(cli, world, step)


def test_create(dying: Dying, world: World, cli: Cli) -> None:
    for step in dying.every_step("create", *FLAGS, *FRESH, *SLEEPER):
        put_right(cli, world, step)


def test_start(dying: Dying, world: World, cli: Cli) -> None:
    for step in dying.every_step("start", NAME, prepare=lambda: cli.ok("create", *FLAGS, *SLEEPER)):
        put_right(cli, world, step)


@pytest.mark.parametrize("words", [("stop", NAME), ("rm", "-f", "-v", NAME)], ids=["stop", "rm"])
def test_ending(words: tuple[str, ...], dying: Dying, world: World, cli: Cli) -> None:
    mounts = IMAGE if words[0] == "rm" else ()
    for step in dying.every_step(*words, prepare=lambda: cli.ok("run", "-d", *FLAGS, *mounts, *SLEEPER)):
        put_right(cli, world, step)


@pytest.mark.parametrize("server", ["hosts", "aardvark-dns"])
def test_rename(server: str, dying: Dying, world: World, cli: Cli) -> None:
    """It has the one name or the other, and its neighbours know it by that. That the other is free is seen in
    the next round, in which it is taken."""
    cli.environment["NERDPY_DNS_SERVER"] = server
    cli.ok("network", "create", "own")
    cli.ok("run", "-d", "--name", "mate", "--network", "own", *SLEEPER)
    container = cli.ok("run", "-d", "--name", "old", "--network", "own", *SLEEPER).line
    hosts = Path(cli.ok("inspect", "-f", "{{.HostsPath}}", "mate").line)
    name = "old"

    def prepare() -> None:
        if name == "new":
            cli.ok("rename", "new", "old")

    for step in dying.every_step("rename", container, "new", prepare=prepare):
        when = f"killed before [{step}]"
        (name,) = set(cli.ok("ps", "--format", "{{.Names}}").lines) - {"mate"}
        assert not cli.diary[-1].err, f"{when}: {cli.diary[-1]}"
        told = hosts if server == "hosts" else next(STATE_ROOT.glob("*/dns/zones/*@own"))
        known = re.split(r"[\s,]+", told.read_text())
        assert [known.count(one) for one in ("old", "new")] == [name == "old", name == "new"], (
            f"{when}: {known}"
        )
    assert name == "new"
    cli.ok("rm", "-f", "mate", "new")
    cli.ok("network", "rm", "own")
    world.expect_as_before("after the renames")


def test_the_monitors_call(dying: Dying, world: World, cli: Cli) -> None:
    """The container has ended, and its monitor was killed before it could say so."""

    def prepare() -> None:
        container = cli.ok("run", "-d", *FLAGS, *SLEEPER).line
        process = int(cli.ok("inspect", "-f", "{{.State.Pid}}", NAME).line)
        os.kill(monitor_of(container), signal.SIGKILL)
        os.kill(process, signal.SIGKILL)

    for step in dying.every_step("internal", "exited", NAME, prepare=prepare):
        put_right(cli, world, step)
