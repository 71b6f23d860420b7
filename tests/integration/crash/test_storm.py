"""Five hundred operations at random on a handful of containers, networks and volumes, several at once, while
command lines, monitors, shims and containerd are killed: afterwards nothing leaks, and nothing is said that
isn't so.

The seed is printed; NERDPY_STORM_SEED repeats a storm, as far as chance in the machine itself allows.
NERDPY_STORM_OPERATIONS makes it longer.
"""

import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from nerdpy.linux.links import all_links
from tests.integration.crash.conftest import World
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.leftovers import CONFLISTS, STATE_ROOT, mount_points
from tests.integration.support.waiting import eventually

OPERATIONS, SIDE_BY_SIDE = int(os.environ.get("NERDPY_STORM_OPERATIONS", "500")), 3
NAMES = [f"storm{number}" for number in range(5)]
NETWORKS = ["gale0", "gale1"]
VOLUMES = ["squall0", "squall1"]
HANG = 90
"""Seconds after which a command is taken to hang: ten times what the slowest takes on a busy machine."""
PAUSED = 20
"""Seconds after which a command in a container is taken to wait for somebody who lets the container go on."""
PROGRAMS = ("exec sleep inf", "exec sleep inf", "exec sleep inf", "sleep 0.3; exit 3", "echo done")
MANNERS: tuple[tuple[str, ...], ...] = (
    ("--network", "none"),
    ("--network", "none", "--restart", "always"),
    ("--network", "none", "--restart", "on-failure:2"),
    ("-p", "80"),
    ("-p", "80", "--restart", "unless-stopped", "-v", "/anonymous"),
    ("--network", "none", "--rm"),
    ("--network", "gale0", "-p", "80", "-v", "squall0:/data"),
    ("--network", "gale0", "--network", "gale1", "--restart", "always", "-v", "squall1:/data"),
    ("--network", "gale1", "--rm", "-v", "/anonymous", "-v", "squall0:/bin"),
)


@dataclass
class Storm:
    """What one storm needs to know."""

    cli: Cli
    engine: PrivateEngine
    namespace: str
    moment: float
    """How long a `run` takes on this machine at this time: within it a command dies that is to die."""
    outcomes: Counter[str] = field(default_factory=Counter)
    repair: Event = field(default_factory=Event)
    """containerd is to be started again, by the main thread: it ends with the thread that started it."""

    def blow(self, seed: str) -> None:
        """One worker's share of the operations."""
        chance = random.Random(seed)
        for _ in range(math.ceil(OPERATIONS / SIDE_BY_SIDE)):
            kind = chance.choices(("command", "monitor", "shim", "engine"), (88, 5, 5, 2))[0]
            if kind == "command":
                self.command(chance)
            elif kind == "engine":
                self.repair.set()
            else:
                kill_one_of(
                    self.monitors() if kind == "monitor" else self.engine.shims(self.namespace), chance
                )

    def command(self, chance: random.Random) -> None:
        """One command, which may be killed at any time. Whatever it says, it says it in its own words."""
        words = words_of(chance)
        process = self.cli.start(*words)
        mortal = chance.random() < 0.4
        try:
            _, err = self._end_of(process, words, chance.random() * self.moment if mortal else HANG)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL if mortal else signal.SIGABRT)
            _, err = process.communicate()
            assert mortal, f"{words} hangs: {err.decode()}"
            self.outcomes["killed"] += 1
        else:
            assert b"internal error" not in err, f"{words}: {err.decode()}"
            verb = " ".join(words[:2] if words[0] in {"network", "volume"} else words[:1])
            self.outcomes["failed" if process.returncode else verb] += 1
            assert process.returncode in range(128) or process.returncode == 137, (
                f"{words}: {process.returncode}"
            )

    def _end_of(
        self, process: "subprocess.Popen[bytes]", words: list[str], patience: float
    ) -> tuple[bytes, bytes]:
        """What it says. A command in a container that somebody has paused waits until it goes on."""
        if words[0] == "exec" and patience == HANG:
            with suppress(subprocess.TimeoutExpired):
                return process.communicate(timeout=PAUSED)
            self.cli("unpause", words[1], timeout=HANG)
        return process.communicate(timeout=patience)

    def rage(self, seed: str) -> None:
        """All of it."""
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            workers = [pool.submit(self.blow, f"{seed}.{number}") for number in range(SIDE_BY_SIDE)]
            while not all(worker.done() for worker in workers):
                if self.repair.wait(0.05):
                    self.repair.clear()
                    self.engine.kill()
                    self.engine.start()
            for worker in workers:
                worker.result()

    def monitors(self) -> list[int]:
        mark = f"CONTAINER_NAMESPACE={self.namespace}".encode()
        return [
            pid for pid, environment, words in processes() if mark in environment and b"/monitor" in words
        ]

    def claims(self) -> dict[str, tuple[str, int]]:
        """What nerdpy says of each container: status and pid."""
        ids = self.cli.ok("ps", "-aq", "--no-trunc", timeout=HANG).lines
        shown: list[dict[str, Any]] = self.cli.ok("inspect", *ids, timeout=HANG).json if ids else []
        return {one["Id"]: (one["State"]["Status"], one["State"]["Pid"]) for one in shown}

    def truth(self) -> dict[str, set[int]]:
        """The processes that there are, by the container whose control group they are in."""
        found: dict[str, set[int]] = {}
        for pid, _, _ in processes():
            with suppress(OSError):
                text = Path(f"/proc/{pid}/cgroup").read_text()
                if f"/{self.namespace}/" in text:
                    identity = text.partition(f"/{self.namespace}/")[2].partition("\n")[0].partition("/")[0]
                    found.setdefault(identity, set()).add(pid)
        return found

    def says_the_truth(self) -> bool:
        claims, truth = self.claims(), self.truth()
        lies = {
            identity: (claims.get(identity), truth.get(identity))
            for identity in claims.keys() | truth.keys()
            if not _is_so(*claims.get(identity, ("nothing", 0)), truth.get(identity, set()))
        }
        assert not lies, f"what is said and what there is: {lies}"
        alive = {identity for identity, (status, _) in claims.items() if status not in {"created", "exited"}}
        strays = {words[words.index("-id") + 1] for words in self.shims()} - alive
        assert not strays, f"shims of containers that are not there or have ended: {strays}"
        return True

    def owns_all_that_is_there(self) -> bool:
        """What a dead command has left was swept by those after it, without a prune."""
        leaks = self.cli("system", "leaks", timeout=HANG)
        assert not leaks.code, leaks
        return True

    def leaves_no_trace_in_the_engine(self) -> bool:
        """Bundles of containerd, states of runc. But for a bundle that containerd itself can't remove: a runc
        that outlives its killed shim writes into the root filesystem's folder when that is unmounted already.
        """
        bundles = self.engine.state / "io.containerd.runtime.v2.task" / self.namespace
        states = Path("/run/containerd/runc") / self.namespace
        left = [str(path) for folder in (bundles, states) if folder.is_dir() for path in folder.iterdir()]
        log = self.engine.log.read_text()
        left = [path for path in left if f"remove {path}/rootfs: directory not empty" not in log]
        assert not left, f"the engine remembers {left}"
        return True

    def shims(self) -> list[list[str]]:
        found = []
        for pid in self.engine.shims(self.namespace):
            with suppress(OSError):
                found.append(Path(f"/proc/{pid}/cmdline").read_text().split("\0"))
        return [words for words in found if "-id" in words]


def _is_so(status: str, pid: int, there: set[int]) -> bool:
    return pid in there if status in {"running", "paused"} else not there


def words_of(chance: random.Random) -> list[str]:
    """A command line on one of the names."""
    name, network, volume = chance.choice(NAMES), chance.choice(NETWORKS), chance.choice(VOLUMES)
    manner, program = chance.choice(MANNERS), chance.choice(PROGRAMS)
    verbs: dict[str, tuple[int, Callable[[], list[str]]]] = {
        "run": (32, lambda: ["run", "-d", "--name", name, *manner, "busybox", "sh", "-c", program]),
        "stop": (7, lambda: ["stop", "-t", "0", name]),
        "start": (10, lambda: ["start", name]),
        "rm": (14, lambda: ["rm", "-f", *chance.choice(([], ["-v"])), name]),
        "exec": (4, lambda: ["exec", name, "echo", "hello"]),
        "restart": (7, lambda: ["restart", "-t", "0", name]),
        "pause": (3, lambda: ["pause", name]),
        "unpause": (3, lambda: ["unpause", name]),
        "kill": (4, lambda: ["kill", name]),
        "cp": (2, lambda: ["cp", "/etc/hostname", f"{name}:/tmp/"]),
        "rename": (2, lambda: ["rename", name, chance.choice(NAMES)]),
        "ps": (2, lambda: ["ps", "-a"]),
        "network create": (7, lambda: ["network", "create", network]),
        "network rm": (3, lambda: ["network", "rm", network]),
        "network connect": (5, lambda: ["network", "connect", network, name]),
        "network disconnect": (3, lambda: ["network", "disconnect", network, name]),
        "volume create": (2, lambda: ["volume", "create", volume]),
        "volume rm": (3, lambda: ["volume", "rm", volume]),
        "volume prune": (2, lambda: ["volume", "prune", "-f", *chance.choice(([], ["-a"]))]),
    }
    return verbs[chance.choices(list(verbs), [weight for weight, _ in verbs.values()])[0]][1]()


def machine_now() -> dict[str, list[str]]:
    """The firewall, the links, the mounts, the books of addresses and the network files, to the letter."""
    ruleset = subprocess.run(
        ["nft", "-s", "list", "ruleset"], capture_output=True, text=True, check=True
    ).stdout
    return {
        "ruleset": sorted(part.strip() for part in re.split(r"[,\n]|elements = ", ruleset)),
        "links": sorted(f"{link.name} {link.kind} {link.alias}" for link in all_links()),
        "mounts": sorted(mount_points()),
        "addresses": sorted(map(str, (STATE_ROOT / "ipam").rglob("[0-9]*"))),
        "pins": sorted(map(str, STATE_ROOT.glob("*/*ns/*"))),
        "networks": sorted(str(path) for path in CONFLISTS.rglob("*") if path.suffix not in {"", ".lock"}),
    }


def processes() -> list[tuple[int, list[bytes], bytes]]:
    """Pid, environment and command line of all that can be looked at."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found.append(
                (
                    int(folder.name),
                    (folder / "environ").read_bytes().split(b"\0"),
                    (folder / "cmdline").read_bytes(),
                )
            )
    return found


def kill_one_of(pids: list[int], chance: random.Random) -> None:
    if pids:
        with suppress(ProcessLookupError):
            os.kill(chance.choice(sorted(pids)), signal.SIGKILL)


def test_after_a_storm_nothing_leaks_and_nothing_lies(
    cli: Cli, world: World, engine: PrivateEngine, namespace: str
) -> None:
    seed = os.environ.get("NERDPY_STORM_SEED") or str(time.time_ns())
    sys.stdout.write(f"NERDPY_STORM_SEED={seed}\n")
    cli.ok("volume", "rm", "kept")  # a prune takes it
    world.remember()
    before = machine_now()
    began = time.monotonic()
    cli.ok("run", "-d", "--name", NAMES[0], "--network", "none", "busybox", "sleep", "inf")
    tracing = cli.with_env(PYTHONFAULTHANDLER="1")  # one that hangs tells where
    storm = Storm(tracing, engine, namespace, time.monotonic() - began)
    storm.rage(seed)
    sys.stdout.write(f"{dict(storm.outcomes)}\n")
    eventually(storm.says_the_truth, seconds=30)
    names = [json.loads(line)["Names"] for line in cli.ok("ps", "-a", "--format", "json").lines]
    assert len(names) == len(set(names)), "one name, one container"
    eventually(storm.owns_all_that_is_there, seconds=10)
    if names:
        cli.ok("rm", "-f", "-v", *names, timeout=HANG)
    cli("network", "rm", *NETWORKS)
    cli("volume", "rm", *VOLUMES)
    cli.ok("volume", "prune", "-f")  # those of containers that were removed without -v
    world.expect_as_before("after the storm")
    now = machine_now()
    assert {
        kind: sorted(set(now[kind]) ^ set(before[kind])) for kind in now if now[kind] != before[kind]
    } == {}
    engine.restart()  # what a killed helper of containerd's has left, containerd clears away when it starts
    eventually(storm.leaves_no_trace_in_the_engine)
