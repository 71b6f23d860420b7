"""Shims that hang (here: stopped by a signal): their containers are unknown, and nobody waits long."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine

SickStart = Callable[[str], None]


@pytest.fixture
def sick(cli: Cli, idle: Idle, engine: PrivateEngine) -> Iterator[SickStart]:
    """`sick("name")`: a running container whose shim does not answer."""
    stopped: list[int] = []

    def start(name: str) -> None:
        namespace = cli.environment["NERDPY_NAMESPACE"]
        before = set(engine.shims(namespace))
        idle(name)
        (shim,) = set(engine.shims(namespace)) - before
        os.kill(shim, signal.SIGSTOP)
        stopped.append(shim)

    yield start
    for shim in stopped:
        os.kill(shim, signal.SIGCONT)


def test_it_is_unknown_and_nothing_happens_to_it(cli: Cli, idle: Idle, sick: SickStart) -> None:
    idle("well")
    sick("ill")
    shown = cli.ok("ps", "-a", "--format", "{{.Names}} {{.State}} {{.Status}}").lines
    assert shown[0] == "ill unknown Unknown"
    assert shown[1].startswith("well running Up ")
    assert cli.ok("stats", "--no-stream", "--format", "{{.Name}}").lines == ["well"]
    refused = cli("update", "--pids-limit", "5", "ill")
    assert (refused.code, "does not answer" in refused.err) == (1, True), refused
    assert cli.ok("container", "prune", "-f").lines == ["Total reclaimed space: 0B"]


def test_many_take_no_longer_than_a_few(cli: Cli, idle: Idle, sick: SickStart) -> None:
    """containerd asks one shim after the other, two seconds each: six would take twelve."""
    idle("well")
    for number in range(6):
        sick(f"ill{number}")
    begin = time.monotonic()
    shown = cli.ok("ps", "--format", "{{.Names}} {{.State}}").lines
    assert time.monotonic() - begin < 11
    assert shown == [*(f"ill{number} unknown" for number in (5, 4, 3, 2, 1, 0)), "well running"]
