"""nerdpy killed at a step of one's choice, and the machine compared with what it was before."""

import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.leftovers import STATE_ROOT, Leftovers, Machine
from tests.integration.support.waiting import eventually

DYING = Path(__file__).with_name("dying.py")
KILLED = -9


@dataclass
class Dying:
    """Runs commands that are killed."""

    cli: Cli
    log: Path

    def at(self, step: int, *words: str, engine: int = 0) -> tuple[int, str]:
        """Run `nerdpy WORDS` until `step`; its exit code, KILLED when it got there, and what it complained
        of. With the pid of an `engine` that one is killed instead."""
        done = subprocess.run(
            [sys.executable, DYING, *words],
            env=self.cli.environment
            | {"DIE_AT": str(step), "DIE_LOG": str(self.log), "DIE_ENGINE": str(engine)},
            cwd=self.cli.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stderr.decode()

    @property
    def steps(self) -> int:
        """How far the command got."""
        return len(self.log.read_text().splitlines())

    @property
    def last_step(self) -> str:
        """What the command did not do any more."""
        return ["nothing", *self.log.read_text().splitlines()][-1]

    def every_step(self, *words: str, prepare: Callable[[], object] = lambda: None) -> Iterator[str]:
        """Kill `nerdpy WORDS` at its first step, its second, and so on, until one gets through; yields what
        it had before it each time. `prepare` is called before each."""
        step = 0
        while True:
            step += 1
            prepare()
            code, talk = self.at(step, *words)
            yield self.last_step if code == KILLED else ""
            if code != KILLED:
                assert code == 0, f"{words} failed with {code} when nobody killed it: {talk}"
                return


@dataclass
class World:
    """Everything that a container leaves its traces in."""

    leftovers: Leftovers
    before: dict[str, list[str]]

    def now(self) -> dict[str, list[str]]:
        locks = [str(path) for path in STATE_ROOT.glob("*/locks/*/*")]
        return self.leftovers.found() | {"locks": locks}

    def remember(self) -> None:
        self.before = self.now()

    def expect_as_before(self, when: str) -> None:
        """Fail, and say what is different; what is just being cleared away is given its time."""

        def is_as_before() -> bool:
            now = self.now()
            kinds = now.keys() | self.before.keys()
            more = {kind: sorted(set(now.get(kind, [])) - set(self.before.get(kind, []))) for kind in kinds}
            less = {kind: sorted(set(self.before.get(kind, [])) - set(now.get(kind, []))) for kind in kinds}
            more, less = ({kind: names for kind, names in one.items() if names} for one in (more, less))
            assert (more, less) == ({}, {}), f"{when}: left behind {more}, missing {less}"
            return True

        eventually(is_as_before, seconds=5)


def monitor_of(container_id: str) -> int:
    """The pid of a container's monitor."""
    mark = f"CONTAINER_ID={container_id}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_its = mark in (folder / "environ").read_bytes().split(b"\0")
            if is_its and b"/monitor" in (folder / "cmdline").read_bytes():
                return int(folder.name)
        except OSError:
            continue
    raise LookupError(f"container {container_id} has no monitor")


def identity(port: int) -> str:
    """Which container a published port leads to, as soon as it answers."""

    def answer() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/id", timeout=5) as page:
            return str(page.read().decode().strip())

    return eventually(answer)


@pytest.fixture
def dying(cli: Cli, tmp_path: Path) -> Dying:
    return Dying(cli, tmp_path / "steps")


@pytest.fixture
def world(engine: PrivateEngine, cli: Cli, namespace: str, busybox_image: str) -> World:
    """The machine after a first container, so that the default network is there, and with a volume `kept`."""
    cli.ok("volume", "create", "kept")
    cli.ok("run", "--rm", "-p", "80", busybox_image, "true")
    world = World(Leftovers(engine, namespace, Machine.now()), {})
    world.remember()
    return world
