"""`cp` of one big file, beside `cat` writing the same file to the same disk."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hack.benchmark.figures import ratio
from hack.benchmark.subjects import Subject, interleaved

if TYPE_CHECKING:
    from hack.benchmark.bench import Bench

SIZE = 1 << 30
ROUNDS = 5
"""Each writes three of them."""
DISK = Path("/var/tmp")


def measure_cp(bench: "Bench") -> None:
    """Into a container, onto a folder of the disk that it has mounted, and out of it again."""
    folder = Path(tempfile.mkdtemp(dir=DISK, prefix="nerdpy-bench-"))
    try:
        _measure(bench, folder)
        bench.output("rm", "-f", "bench-cp")
    finally:
        shutil.rmtree(folder)


def _measure(bench: "Bench", folder: Path) -> None:
    from hack.benchmark.bench import IMAGE, NERDPY

    source, inside, outside = folder / "source", folder / "inside", folder / "outside"
    bench.seconds("dd", "if=/dev/urandom", f"of={source}", "bs=1M", f"count={SIZE >> 20}", "status=none")
    inside.mkdir()
    (inside / "kept").hardlink_to(source)
    bench.output("run", "-d", "--name", "bench-cp", "-v", f"{inside}:/data", IMAGE, "sleep", "inf")

    def timed(name: str, target: Path, *words: str | Path) -> Subject:
        return Subject(name, lambda: bench.seconds(*map(str, words)), lambda: _forget(target))

    subjects = [
        timed("cat", outside, "sh", "-c", f"cat {source} > {outside}"),
        timed("in", inside / "new", *NERDPY, "cp", "-q", source, "bench-cp:/data/new"),
        timed("out", outside, *NERDPY, "cp", "-q", "bench-cp:/data/kept", outside),
    ]
    samples = bench.samples["cp"] = interleaved(subjects, ROUNDS)
    for name, way in (("in", "into"), ("out", "out of")):
        what = f"nerdpy cp of 1 GiB {way} a container / cat of the same file"
        bench.figures.append(ratio(what, 2.0, samples, name, "cat"))


def _forget(target: Path) -> None:
    """Whoever is next must not wait for the disk to take what this one wrote."""
    target.unlink()
    os.sync()
