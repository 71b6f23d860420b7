"""`pull` of an image of 1 GiB in 8 layers from a registry on loopback, beside containerd's own client; over a
line that is cut every 20 MB; and the memory of pull and push."""

import gzip
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hack.benchmark.archives import DISK, MOST_MEMORY, peak_of
from hack.benchmark.figures import Figure, ratio
from hack.benchmark.subjects import Subject, interleaved
from hack.images.layout import LAYER, Layer, Layout, Tree
from tests.integration.image.proxy import BadLine
from tests.integration.support.images import own_platform
from tests.integration.support.registry import Registry

if TYPE_CHECKING:
    from hack.benchmark.bench import Bench

LAYERS, SIZE = 8, 128 << 20
ROUNDS = 3
PORT = 5005
CUT = 20_000_000
REPOSITORY = "bench/big"


def measure_pulls(bench: "Bench") -> None:
    folder = Path(tempfile.mkdtemp(dir=DISK, prefix="nerdpy-bench-"))
    registry = Registry(folder / "registry", PORT)
    try:
        size = _fill(registry.start(), folder / "layout")
        _measure(bench, registry, size, folder / "peak")
    finally:
        registry.stop()
        shutil.rmtree(folder)


def _measure(bench: "Bench", registry: Registry, size: int, peak: Path) -> None:
    from hack.benchmark.bench import NERDPY

    name = registry.reference(f"{REPOSITORY}:1")

    def forget(name: str = name) -> None:
        bench.ctr("images", "rm", "--sync", name)

    ctr = ["ctr", "--address", bench.address, "images", "pull", "--plain-http", name]
    subjects = [
        Subject("pull", lambda: bench.seconds(*NERDPY, "pull", "-q", name), forget),
        Subject("ctr", lambda: bench.seconds(*ctr), forget),
    ]
    samples = bench.samples["pull"] = interleaved(subjects, ROUNDS)
    what = "nerdpy pull of 1 GiB in 8 layers / ctr images pull"
    bench.figures.append(ratio(what, 1.1, samples, "pull", "ctr"))

    with BadLine(PORT, cut_after=CUT) as line:
        cut = line.reference(f"{REPOSITORY}:1")
        bench.output("pull", "-q", cut)
        what = "bytes of nerdpy pull of 1 GiB with a cut every 20 MB / bytes of the image"
        of = f"{line.passed / 1e6:.1f} / {size / 1e6:.1f} MB"
        bench.figures.append(Figure(what, 1.05, line.passed / size, of=of))
        forget(cut)

    pulled = peak_of(bench, peak, *NERDPY, "pull", "-q", name)
    other = name.replace("127.0.0.1", "localhost").replace("big", "sent")  # nothing there to be mounted
    bench.output("tag", name, other)
    pushed = peak_of(bench, peak, *NERDPY, "push", "-q", other)
    forget(other)
    forget()
    for verb, most in (("pull", pulled), ("push", pushed)):
        bench.figures.append(Figure(f"peak memory of nerdpy {verb} of 1 GiB", MOST_MEMORY, most, "MB"))


def _fill(registry: Registry, folder: Path) -> int:
    """Make the image and push it; the bytes of its blobs."""
    layout = Layout(folder)
    target = layout.image([_layer(layout, number) for number in range(LAYERS)], {}, platform=own_platform())
    registry.push(layout, REPOSITORY, "1", target)
    size: int = sum(blob["size"] for blob in layout.closure(target))
    shutil.rmtree(folder)
    return size


def _layer(layout: Layout, number: int) -> Layer:
    """gzip that only wraps: nothing of it can be compressed, and none of the time goes to trying."""
    tree = Tree()
    tree.file(f"file-{number}", os.urandom(SIZE))
    tar = tree.tar()
    packed = layout.blob(gzip.compress(tar, compresslevel=0, mtime=0), LAYER)
    return Layer(packed, f"sha256:{hashlib.sha256(tar).hexdigest()}")
