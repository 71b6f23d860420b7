"""Figures of many containers at once, of stopping, and of much output."""

import os
import select
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hack.benchmark.bench import FULL_IMAGE, IMAGE, NERDPY, Bench
from hack.benchmark.figures import Figure, ratio
from hack.benchmark.subjects import Failed, Subject
from nerdpy import labels
from nerdpy.config import Config
from nerdpy.container.stats import Watch
from nerdpy.containerd.client import Client
from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.model.records import ContainerId

LOG_SIZE = 1 << 30
LINE = b'{"log":"%s\\n","stream":"stdout","time":"2026-01-02T03:04:05.123456789Z"}\n' % (b"x" * 100)
OBEDIENT = ("sh", "-c", "trap 'exit 0' TERM; sleep inf & wait")


class Crowds:
    """Uses the machine and the tools of a Bench, and adds to its figures."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._address = bench.address

    def measure_many_created(self) -> None:
        """`ps -a` of 500 and of 10. Made by copying the record of one: that is what a listing reads."""
        name = self.bench.name()
        self.bench.output("create", "--name", name, IMAGE, "sleep", "inf")
        client = Client.connect(self._address, "default")
        (model,) = client.containers.list(f'labels."{labels.NAME}"=="{name}"')

        def copies(count: int) -> list[str]:
            ids = [f"{number:064x}" for number in range(count)]
            for own in ids:
                changed = {**model.labels, labels.NAME: f"copy-{own[-6:]}"}
                client.containers.create(replace(model, id=ContainerId(own), labels=changed))
            return ids

        subject = Subject("ps", lambda: self.bench.seconds(*NERDPY, "ps", "-a"))
        measured = {}
        for word, count in (("few", 9), ("many", 499)):
            ids = copies(count)
            measured[word] = self.bench.sample(f"ps -a {word}", [subject])["ps"]
            for own in ids:
                client.containers.delete(own)
        self.bench.figures.append(ratio("nerdpy ps -a of 500 / of 10", 3, measured, "many", "few"))
        self.bench.output("rm", name)

    def measure_parallel_runs(self) -> None:
        """16 `run -d` at once beside one."""
        made: list[str] = []

        def run(name: str) -> None:
            self.bench.seconds(*NERDPY, "run", "-d", "--name", name, IMAGE, "sleep", "inf")

        def at_once(count: int) -> float:
            names = [self.bench.name() for _ in range(count)]
            made.extend(names)
            begun = time.perf_counter()
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(run, names))
            return time.perf_counter() - begun

        def remove() -> None:
            self.bench.output("rm", "-f", *made)
            made.clear()

        subjects = [Subject("one", lambda: at_once(1), remove), Subject("many", lambda: at_once(16), remove)]
        samples = self.bench.sample("parallel run -d", subjects, 5)
        self.bench.figures.append(ratio("16 parallel run -d / one", 6, samples, "many", "one"))

    def measure_stop(self) -> None:
        """A container that ends on SIGTERM: nerdpy's whole command beside ctr's signal with the wait for the
        end; and beside that with the removal of the task, which nerdpy does as well."""
        name = self.bench.name()
        removals: list[float] = []

        def nerdpy() -> float:
            self.bench.seconds(*NERDPY, "run", "-d", "--name", name, IMAGE, *OBEDIENT)
            _wait_for_child(int(self.bench.output("inspect", "-f", "{{.State.Pid}}", name)))
            return self.bench.seconds(*NERDPY, "stop", name)

        def ctr() -> float:
            self.bench.ctr("run", "-d", FULL_IMAGE, name, *OBEDIENT)
            pid = int(self.bench.ctr("tasks", "ls").split(name)[1].split()[0])
            _wait_for_child(pid)
            watched = os.pidfd_open(pid)
            begun = time.perf_counter()
            self.bench.ctr("tasks", "kill", "-s", "SIGTERM", name)
            select.select([watched], [], [], 10)
            took = time.perf_counter() - begun
            os.close(watched)
            return took

        def remove() -> None:
            begun = time.perf_counter()
            self.bench.ctr("tasks", "rm", name)
            removals.append(time.perf_counter() - begun)
            self.bench.ctr("containers", "rm", name)

        subjects = [
            Subject("stop", nerdpy, lambda: (self.bench.output("rm", name), None)[1]),
            Subject("ctr", ctr, remove),
        ]
        samples = self.bench.sample("stop", subjects)
        what = "nerdpy stop / ctr tasks kill and the wait for the end"
        self.bench.figures.append(ratio(what, 2.5, samples, "stop", "ctr"))
        both = [sum(pair) for pair in zip(samples["ctr"], removals[1:], strict=True)]
        what = "nerdpy stop / the same and ctr tasks rm"
        self.bench.figures.append(ratio(what, 2.5, {"stop": samples["stop"], "ctr": both}, "stop", "ctr"))

    def measure_logs(self) -> None:
        """A log of 1 GiB, in entries of 100 letters; the log's own size counts, not that of what is shown."""
        name = self.bench.name()
        self.bench.output("run", "--name", name, IMAGE, "true")
        path = Path(self.bench.output("inspect", "-f", "{{.LogPath}}", name).strip())
        chunk = LINE * ((1 << 20) // len(LINE))
        with path.open("wb") as file:
            size = sum(file.write(chunk) for _ in range(LOG_SIZE // len(chunk)))
        samples = self.bench.sample(
            "logs", [Subject("logs", lambda: self.bench.seconds(*NERDPY, "logs", name))], 3
        )
        took = statistics.median(samples["logs"])
        of = f"{size / 1e6:.0f} MB in {took:.1f} s: {size / 1e6 / took:.0f} MB/s"
        value = took / (size / 100e6)
        self.bench.figures.append(Figure("logs, for each 100 MB", 1.0, value, unit="s", of=of))
        self.bench.output("rm", name)

    def measure_stats(self, count: int = 100) -> None:
        """One look of `stats` at 100 running containers."""
        names = [self.bench.name() for _ in range(count)]
        self.bench.start_all(names)
        engine = Engine(Config(address=self._address, namespace="default"))
        took = []
        with Watch(engine) as watch:
            if len(watch.look()) != count:
                raise Failed(f"stats does not see {count} containers")
            for _ in range(self.bench.rounds):
                begun = time.perf_counter()
                watch.look()
                took.append(time.perf_counter() - begun)
        self.bench.samples["stats"] = {"look": took}
        value = statistics.median(took) * 1000
        self.bench.figures.append(Figure("one look of stats at 100 containers", 250, value, unit="ms"))
        self.bench.output("rm", "-f", *names)


def _wait_for_child(pid: int) -> None:
    """Until the shell has set its trap: its child is there."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + 10
    while not children.read_text().strip():
        if time.monotonic() > deadline:
            raise Failed("the container's shell does not start its child")
        time.sleep(0.005)
