"""Containers that idle, and questions asked inside them."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.cli import Cli

GROUPS = Path("/sys/fs/cgroup")
Idle = Callable[..., str]
Inside = Callable[..., list[str]]
Inspect = Callable[..., Any]


@pytest.fixture
def idle(cli: Cli, busybox_image: str) -> Idle:
    """`idle("web", "-e", "A=b")`: a running container that does nothing; gives back its id."""

    def start(name: str, *flags: str | Path) -> str:
        return cli.ok("run", "-d", "--name", name, *flags, busybox_image, "sleep", "inf").line

    return start


@pytest.fixture
def only_v2(machine: None) -> Iterator[None]:
    """The worker's machine has cgroup v2 alone, whatever it has otherwise; if v1 keeps the controllers, an
    empty one. Containers must be removed before the test ends."""
    if (GROUPS / "cgroup.controllers").exists():
        yield
        return
    subprocess.run(["mount", "-t", "cgroup2", "cgroup2", GROUPS], check=True)
    yield
    subprocess.run(["umount", GROUPS], check=True)


@pytest.fixture
def inside(cli: Cli, busybox_image: str) -> Inside:
    """`inside("id -u", "-u", "app")`: what a shell in a new container with these flags prints, by line."""

    def ask(script: str, *flags: str | Path) -> list[str]:
        return cli.ok("run", "--rm", *flags, busybox_image, "sh", "-c", script).lines

    return ask


@pytest.fixture
def inspected(cli: Cli) -> Inspect:
    """`inspected("web", ".State.ExitCode")`: one value of docker's JSON."""

    def ask(name: str, path: str = "") -> Any:
        (value,) = cli.ok("inspect", name).json
        for key in path.split(".")[1:]:
            value = value[key]
        return value

    return ask
