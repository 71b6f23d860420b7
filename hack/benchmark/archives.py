"""`load` and `save` of an image of 256 MiB, beside what containerd's own client needs, and their memory."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hack.benchmark.figures import Figure, ratio
from hack.benchmark.subjects import Subject, interleaved
from hack.images.layout import Layout, Tree
from tests.integration.support.images import own_platform

if TYPE_CHECKING:
    from hack.benchmark.bench import Bench

LAYERS, FILES, FILE = 4, 8, 8 << 20
"""Half of each file's bytes can be packed."""
ROUNDS = 5
NAME = "docker.io/library/bench-archive:1"
MOST_MEMORY = 120
DISK = Path("/var/tmp")
PEAK = (
    "import os,resource,sys;"
    "status=os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn(sys.argv[1],sys.argv[1:],os.environ),0)[1]);"
    "open(os.environ['PEAK'],'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss));"
    "sys.exit(status)"
)
"""A small parent: what it starts has no memory of the bench's."""


def measure_archives(bench: "Bench") -> None:
    folder = Path(tempfile.mkdtemp(dir=DISK, prefix="nerdpy-bench-"))
    try:
        _measure(bench, folder)
    finally:
        shutil.rmtree(folder)


def _measure(bench: "Bench", folder: Path) -> None:
    from hack.benchmark.bench import NERDPY

    archive, out, peak = folder / "archive.tar", folder / "out.tar", folder / "peak"
    archive.write_bytes(_archive(folder / "layout"))
    shutil.rmtree(folder / "layout")

    def forget() -> None:
        bench.ctr("images", "rm", "--sync", NAME)

    loads = [
        Subject("load", lambda: bench.seconds(*NERDPY, "load", "-i", str(archive)), forget),
        Subject("ctr", lambda: bench.seconds(*_ctr(bench), "import", str(archive)), forget),
    ]
    samples = bench.samples["load"] = interleaved(loads, ROUNDS)
    what = "nerdpy load of 256 MiB / ctr images import"
    bench.figures.append(ratio(what, 1.2, samples, "load", "ctr"))
    load_peak = peak_of(bench, peak, *NERDPY, "load", "-i", str(archive))
    saves = [
        Subject("save", lambda: bench.seconds(*NERDPY, "save", "-o", str(out), NAME), out.unlink),
        Subject("ctr", lambda: bench.seconds(*_ctr(bench), "export", str(out), NAME), out.unlink),
    ]
    samples = bench.samples["save"] = interleaved(saves, ROUNDS)
    what = "nerdpy save of 256 MiB / ctr images export"
    bench.figures.append(ratio(what, 1.2, samples, "save", "ctr"))
    save_peak = peak_of(bench, peak, *NERDPY, "save", "-o", str(out), NAME)
    forget()
    for verb, size in (("load", load_peak), ("save", save_peak)):
        bench.figures.append(Figure(f"peak memory of nerdpy {verb} of 256 MiB", MOST_MEMORY, size, "MB"))


def _ctr(bench: "Bench") -> list[str]:
    return ["ctr", "--address", bench.address, "images"]


def peak_of(bench: "Bench", file: Path, program: str, *words: str) -> float:
    """MB that the program had at most."""
    bench.seconds("env", f"PEAK={file}", sys.executable, "-I", "-S", "-c", PEAK, program, *words)
    return int(file.read_text()) * 1024 / 1e6


def _archive(folder: Path) -> bytes:
    layout = Layout(folder)
    layers = []
    for number in range(LAYERS):
        tree = Tree()
        for file in range(FILES):
            tree.file(f"file-{number}-{file}", os.urandom(FILE // 2) + bytes(FILE // 2))
        layers.append(layout.layer(tree))
    layout.name(NAME, layout.image(layers, {}, platform=own_platform()))
    return layout.archive(NAME)
