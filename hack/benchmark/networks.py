"""Figures of networks: what one costs, many at once, names that move, and throughput."""

import json
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Thread

from hack.benchmark.bench import IMAGE, NERDPY, Bench
from hack.benchmark.figures import Figure, ratio
from hack.benchmark.subjects import Failed, Samples, Subject

SENT = "600M"
"""What iperf3 sends, each time: less than a second's work, so that a slow moment hits one round alone."""
BEST = 4
"""One in so many rounds counts: what others do on the machine can only slow a round down."""
BRIDGED_CALLS = "/proc/sys/net/bridge/bridge-nf-call-{}"
PLAIN = "bench-plain"
"""The network namespace at the other end of a bare veth."""


class Networks:
    """Uses the machine and the tools of a Bench, and adds to its figures."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._ports = count(20000)

    def measure_attach(self) -> None:
        """What the bridge adds to `run -d`, over no network at all."""
        made: list[str] = []

        def run(network: str) -> float:
            made.append(self.bench.name())
            flags = ("-d", "--network", network, "--name", made[-1])
            return self.bench.seconds(*NERDPY, "run", *flags, IMAGE, "sleep", "inf")

        def remove() -> None:
            self.bench.output("rm", "-f", made[-1])

        subjects = [Subject(word, lambda word=word: run(word), remove) for word in ("bridge", "none")]  # type: ignore[misc]  # mypy does not see through the default
        samples = self.bench.sample("attach", subjects)
        bridge, none = (statistics.median(samples[word]) * 1000 for word in ("bridge", "none"))
        of = f"{bridge:.1f} - {none:.1f} ms"
        self.bench.figures.append(
            Figure("run -d on the bridge, over --network none", 25, bridge - none, "ms", of)
        )

    def measure_remove_many(self, many: int = 20) -> None:
        """`rm -f` of many containers on the bridge, and of one."""

        def remove(number: int) -> float:
            names = [self.bench.name() for _ in range(number)]
            self.bench.start_all(names)
            return self.bench.seconds(*NERDPY, "rm", "-f", *names)

        subjects = [Subject("one", lambda: remove(1)), Subject("many", lambda: remove(many))]
        samples = self.bench.sample("rm -f", subjects, 5)
        self.bench.figures.append(ratio(f"rm -f of {many} on a bridge / of one", 8, samples, "many", "one"))

    def measure_parallel_ports(self) -> None:
        """16 `run -d -p` at once: how many fail."""
        failed = 0
        for _ in range(3):
            names = [self.bench.name() for _ in range(16)]
            with ThreadPoolExecutor(16) as pool:
                failed += sum(pool.map(self._fails_to_publish, names))
            self.bench.output("rm", "-f", *names)
        self.bench.figures.append(
            Figure("16 parallel run -d -p, three times: failures", 0, failed, "", "of 48")
        )

    def _fails_to_publish(self, name: str) -> bool:
        flags = ("-d", "-p", f"{next(self._ports)}:80", "--name", name)
        try:
            self.bench.seconds(*NERDPY, "run", *flags, IMAGE, "sleep", "inf")
        except Failed:
            return True
        return False

    def measure_lookup(self) -> None:
        """From the end of `start`, with another address than before, until a neighbour finds it."""
        network, asking, moving = "bench-names", self.bench.name(), self.bench.name()
        self.bench.output("network", "create", network)
        for name in (asking, moving):
            self.bench.output("run", "-d", "--network", network, "--name", name, IMAGE, "sleep", "inf")
        took = [self._lookup(network, asking, moving) for _ in range(min(self.bench.rounds, 5))]
        value = max(took)
        of = f"the slowest of {len(took)}, a whole exec included"
        self.bench.figures.append(Figure("a restarted container is found", 1, value, "s", of))
        self.bench.output("rm", "-f", asking, moving)
        self.bench.output("network", "rm", network)

    def _lookup(self, network: str, asking: str, moving: str) -> float:
        between = self.bench.name()
        self.bench.output("stop", "-t0", moving)
        self.bench.output("run", "-d", "--network", network, "--name", between, IMAGE, "sleep", "inf")
        self.bench.output("start", moving)
        begun = time.perf_counter()
        address = self._address(moving)
        while address not in self._found(asking, moving):
            if time.perf_counter() - begun > 10:
                raise Failed(f"{moving} is not found at {address}")
        took = time.perf_counter() - begun
        self.bench.output("rm", "-f", between)
        return took

    def _found(self, asking: str, name: str) -> str:
        try:
            return self.bench.output("exec", asking, "ping", "-c1", "-w1", name)
        except Failed:
            return ""

    def _address(self, name: str) -> str:
        networks = json.loads(self.bench.output("inspect", "-f", "{{json .NetworkSettings.Networks}}", name))
        return str(next(iter(networks.values()))["IPAddress"])

    def measure_throughput(self) -> None:
        """iperf3 from a container to the host, and over a plain veth; and the other way round."""
        name = self.bench.name()
        self.bench.output("run", "-d", "--name", name, IMAGE, "sleep", "inf")
        pid = self.bench.output("inspect", "-f", "{{.State.Pid}}", name).strip()
        gateway = "{{.NetworkSettings.Gateway}}"
        bridge = (["nsenter", "-t", pid, "-n"], self.bench.output("inspect", "-f", gateway, name).strip())
        with _plain_veth(), _no_bridge_netfilter(), _iperf_server():
            veth = (["ip", "netns", "exec", PLAIN], "10.213.0.1")
            for what, flags in (("container to host", []), ("host to container", ["--reverse"])):
                subjects = [
                    Subject("veth", partial(_seconds_for_a_gigabit, *veth, flags)),
                    Subject("bridge", partial(_seconds_for_a_gigabit, *bridge, flags)),
                ]
                samples = self.bench.sample(what, subjects, 2 * self.bench.rounds)
                self.bench.figures.append(_throughput(f"a plain veth / {what}", samples))
        self.bench.output("rm", "-f", name)


def _throughput(what: str, samples: Samples) -> Figure:
    """By the best rounds of both: the medians would tell of the machine's other work."""
    best = {
        word: 1 / statistics.mean(sorted(values)[: max(1, len(values) // BEST)])
        for word, values in samples.items()
    }
    of = f"{best['veth']:.1f} / {best['bridge']:.1f} Gbit/s"
    return Figure(what, 1 / 0.95, best["veth"] / best["bridge"], of=of)


@contextmanager
def _plain_veth() -> Iterator[None]:
    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    ip("netns", "add", PLAIN)
    try:
        ip("link", "add", "bench0", "type", "veth", "peer", "name", "eth0", "netns", PLAIN)
        ip("addr", "add", "10.213.0.1/24", "dev", "bench0")
        ip("link", "set", "bench0", "up")
        ip("-n", PLAIN, "addr", "add", "10.213.0.2/24", "dev", "eth0")
        ip("-n", PLAIN, "link", "set", "eth0", "up")
        yield
    finally:
        ip("netns", "del", PLAIN)


@contextmanager
def _no_bridge_netfilter() -> Iterator[None]:
    """As where br_netfilter is not loaded, which nerdpy does not need: it costs every bridge some percent."""
    knobs = [Path(BRIDGED_CALLS.format(tables)) for tables in ("iptables", "ip6tables")]
    before = {knob: knob.read_text() for knob in knobs if knob.exists()}
    for knob in before:
        knob.write_text("0")
    try:
        yield
    finally:
        for knob, value in before.items():
            knob.write_text(value)


@contextmanager
def _iperf_server() -> Iterator[None]:
    """iperf3's server on the host, ready."""
    with subprocess.Popen(
        ["iperf3", "-s", "--forceflush"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_until_it_listens(server)
            assert server.stdout is not None
            Thread(target=server.stdout.read, daemon=True).start()  # a full pipe would stop it
            yield
        finally:
            server.terminate()


def _seconds_for_a_gigabit(inside: list[str], address: str, flags: Sequence[str]) -> float:
    """iperf3's client `inside`, its server on the host at `address`."""
    client = [*inside, "iperf3", "-c", address, "-n", SENT, "-J", *flags]
    done = subprocess.run(client, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"iperf3: {done.stdout[-200:]}{done.stderr}")
    return 1e9 / float(json.loads(done.stdout)["end"]["sum_received"]["bits_per_second"])


def _wait_until_it_listens(server: "subprocess.Popen[bytes]") -> None:
    assert server.stdout is not None
    for line in server.stdout:
        if b"listening" in line:
            return
    raise Failed("iperf3's server does not start")
