"""The measurements of hack/bench, on a private machine with a containerd of its own."""

import os
import platform
import re
import shutil
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from hack.benchmark.figures import Figure, ratio
from hack.benchmark.files import measure_cp
from hack.benchmark.subjects import Failed, Outside, Runner, Samples, Subject, interleaved
from hack.images.layout import Layout
from tests.integration.support.cli import PATH, ROOT
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import BUSYBOX, PREFIX

NERDPY = [str(Path(sys.executable).with_name("nerdpy"))]
PYTHON = [sys.executable, "-c", "pass"]
IMAGE = "busybox"
FULL_IMAGE = PREFIX + BUSYBOX
PORT = "18080:80"
MONITOR = re.compile(rb"/monitor\0|nerdpy[./]monitor")


class Bench:
    """One run. Each method `measure_...` adds figures; one that fails says why and the others go on."""

    def __init__(self, engine: PrivateEngine, images: Layout, outside: Outside, rounds: int) -> None:
        self.rounds = rounds
        self.figures: list[Figure] = []
        self.samples: dict[str, Samples] = {}
        self._engine = engine
        self._outside = outside
        self._numbers = count(1)
        self._has_docker = bool(shutil.which("docker")) and outside.works(["docker", "info"])
        self._has_nerdctl = bool(shutil.which("nerdctl"))
        self._runner = Runner(
            {
                "PATH": PATH,
                "HOME": "/root",
                "LANG": "C.UTF-8",
                "CONTAINERD_ADDRESS": engine.address,
                "NERDPY_ADDRESS": engine.address,
            }
        )
        engine.ctr("images", "import", "-", stdin=images.archive(FULL_IMAGE))

    def measure_all(self, many: int, only: str = "") -> None:
        """All that is measured, or what has `only` in its name."""
        from hack.benchmark.archives import measure_archives
        from hack.benchmark.crowds import Crowds
        from hack.benchmark.images import measure_pulls
        from hack.benchmark.listings import measure_images
        from hack.benchmark.networks import Networks

        crowds = Crowds(self)
        networks = Networks(self)
        everything: dict[str, Callable[[], None]] = {
            "start_up": self.measure_start_up,
            "run": self.measure_run,
            "run_detached": self.measure_run_detached,
            "exec": self.measure_exec,
            "cp": lambda: measure_cp(self),
            "ps": lambda: self.measure_ps(many),
            "images": lambda: measure_images(self),
            "archives": lambda: measure_archives(self),
            "pulls": lambda: measure_pulls(self),
            "many_created": crowds.measure_many_created,
            "parallel_runs": crowds.measure_parallel_runs,
            "stop": crowds.measure_stop,
            "logs": crowds.measure_logs,
            "stats": crowds.measure_stats,
            "attach": networks.measure_attach,
            "remove_many": networks.measure_remove_many,
            "parallel_ports": networks.measure_parallel_ports,
            "lookup": networks.measure_lookup,
            "throughput": networks.measure_throughput,
        }
        for name, measure in everything.items():
            if only in name:
                self._try(name, measure)

    def _try(self, name: str, measure: Callable[[], None]) -> None:
        try:
            measure()
        except Failed as error:
            self.figures.append(Figure(name, 0, error=str(error)))

    # --- what other files measure with --------------------------------------------------------------------
    @property
    def address(self) -> str:
        return self._engine.address

    def seconds(self, *command: str) -> float:
        return self._runner.seconds(list(command))

    def output(self, *words: str) -> str:
        """What a command of nerdpy prints."""
        return self._runner.output([*NERDPY, *words])

    def ctr(self, *words: str) -> str:
        return self._runner.output(["ctr", "--address", self._engine.address, *words])

    def ctr_input(self, data: bytes, *words: str) -> None:
        done = self._engine.ctr(*words, stdin=data)
        if done.returncode != 0:
            raise Failed(f"ctr {' '.join(words)}: {done.stderr.strip()}")

    # --- what needs no container --------------------------------------------------------------------------
    def measure_start_up(self) -> None:
        """--version, --help and a completion beside the bare interpreter."""
        subjects = [
            self._subject("python", PYTHON),
            self._nerdpy("version", "--version"),
            self._nerdpy("help", "--help"),
            self._nerdpy("completion", "internal", "complete", "--", "container", "r"),
            *self._others("--version"),
        ]
        samples = self.sample("start-up", subjects, self.rounds * 2)
        for name, what, bound in (
            ("version", "nerdpy --version / python3 -c pass", 2.5),
            ("help", "nerdpy --help / python3 -c pass", 6),
            ("completion", "a completion / python3 -c pass", 6),
        ):
            self.figures.append(ratio(what, bound, samples, name, "python"))

    # --- containers ---------------------------------------------------------------------------------------
    def measure_run(self) -> None:
        """A whole life: made, started, ended, removed."""
        run = ("run", "--rm", "-p", PORT, IMAGE, "true")
        subjects = [
            self._nerdpy("run", *run),
            Subject("ctr", lambda: self._ctr_seconds("run", "--rm", FULL_IMAGE, self.name(), "true")),
            *self._others(*run),
        ]
        samples = self.sample("run --rm", subjects)
        what = "nerdpy run --rm -p, on the bridge / ctr run --rm, no network"
        self.figures.append(ratio(what, 3.0, samples, "run", "ctr"))

    def measure_run_detached(self) -> None:
        """Until the command returns, with the container running."""
        made: list[str] = []

        def nerdpy() -> float:
            made.append(self.name())
            return self._runner.seconds([*NERDPY, "run", "-d", "--name", made[-1], IMAGE, "sleep", "inf"])

        def ctr() -> float:
            made.append(self.name())
            return self._ctr_seconds("run", "-d", FULL_IMAGE, made[-1], "sleep", "inf")

        def remove_by_ctr() -> None:
            self._engine.ctr("tasks", "rm", "-f", made[-1])
            self._engine.ctr("containers", "rm", made[-1])

        subjects = [
            Subject("run", nerdpy, lambda: self._remove(made[-1])),
            Subject("ctr", ctr, remove_by_ctr),
        ]
        samples = self.sample("run -d", subjects)
        what = "nerdpy run -d, on the bridge / ctr run -d, no network"
        self.figures.append(ratio(what, 2.5, samples, "run", "ctr"))

    def measure_exec(self) -> None:
        """A second process in a running container."""
        name = self.name()
        self._start(name)
        container_id = self._runner.output([*NERDPY, "ps", "-q", "--no-trunc"]).split()[0]

        def ctr() -> float:
            return self._ctr_seconds("tasks", "exec", "--exec-id", self.name(), container_id, "true")

        samples = self.sample("exec", [self._nerdpy("exec", "exec", name, "true"), Subject("ctr", ctr)])
        self.figures.append(ratio("nerdpy exec / ctr tasks exec", 3.0, samples, "exec", "ctr"))
        self._remove(name)

    # --- many containers ----------------------------------------------------------------------------------
    def measure_ps(self, many: int) -> None:
        """`ps` of 10 and of many running containers, and the memory of their monitors."""
        few = [self.name() for _ in range(10)]
        self.start_all(few)
        subjects = [self._subject("python", PYTHON), self._nerdpy("ps", "ps"), *self._others("ps")]
        samples = self.sample("ps 10", subjects)
        self.figures.append(ratio("nerdpy ps of 10 / python3 -c pass", 12, samples, "ps", "python"))
        self._measure_memory()
        more = [self.name() for _ in range(many - 10)]
        self.start_all(more)
        after = self.sample(f"ps {many}", [self._nerdpy("ps", "ps")])
        both = {"many": after["ps"], "few": samples["ps"]}
        self.figures.append(ratio(f"nerdpy ps of {many} / of 10", 1.5, both, "many", "few"))
        for part in (few, more):
            self._runner.output([*NERDPY, "rm", "-f", *part])

    def _measure_memory(self) -> None:
        sizes = [size for pid in _monitors() if (size := _private_memory(pid))]
        value = statistics.median(sizes) / 1e6 if sizes else None
        found = f"{len(sizes)} monitors"
        self.figures.append(Figure("private memory of a monitor", 4.5, value, unit="MB", of=found))

    # --- pieces -------------------------------------------------------------------------------------------
    def sample(self, name: str, subjects: list[Subject], rounds: int = 0) -> Samples:
        self.samples[name] = interleaved(subjects, rounds or self.rounds)
        return self.samples[name]

    def _subject(self, name: str, command: list[str]) -> Subject:
        return Subject(name, lambda: self._runner.seconds(command))

    def _nerdpy(self, subject: str, *words: str) -> Subject:
        return self._subject(subject, [*NERDPY, *words])

    def _others(self, *words: str) -> list[Subject]:
        """The same by docker and nerdctl, where they work."""
        found = []
        if self._has_docker:
            found.append(Subject("docker", lambda: self._outside.seconds(["docker", *words])))
        if self._has_nerdctl:
            found.append(self._subject("nerdctl", ["nerdctl", *words]))
        return found

    def name(self) -> str:
        return f"bench-{next(self._numbers)}"

    def _ctr_seconds(self, *words: str) -> float:
        return self._runner.seconds(["ctr", "--address", self._engine.address, *words])

    def _start(self, name: str) -> None:
        self._runner.seconds([*NERDPY, "run", "-d", "--name", name, IMAGE, "sleep", "inf"])

    def start_all(self, names: list[str]) -> None:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self._start, names))

    def _remove(self, name: str) -> None:
        self._runner.seconds([*NERDPY, "rm", "-f", name])


def _monitors() -> list[int]:
    """Those of this machine: its /run is its own."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = (process / "root/run").samefile("/run")
            if is_ours and MONITOR.search((process / "cmdline").read_bytes()):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _private_memory(pid: int) -> int:
    """Bytes that would be freed if the process ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(size) * 1024 for size in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE))


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "kernel": platform.release(),
        "cpus": str(os.cpu_count()),
        "nerdpy": str(ROOT),
    }
