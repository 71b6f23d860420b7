"""How listings of images grow with the number of images."""

import io
import tarfile
import tempfile
from functools import partial
from pathlib import Path

from hack.benchmark.bench import NERDPY, Bench
from hack.benchmark.figures import ratio
from hack.benchmark.subjects import Subject
from hack.images.layout import Layout, Tree

FEW, MANY = 10, 300


def measure_images(bench: Bench) -> None:
    """`images` of 300 and of 10: each has a layer of its own upon one that all share, and is unpacked."""
    namespaces = {"few": (bench.name(), FEW), "many": (bench.name(), MANY)}
    for namespace, count in namespaces.values():
        bench.ctr_input(_archive(count), "--namespace", namespace, "images", "import", "-")
    try:
        for what, words in (("images", ("images",)), ("images -q", ("images", "-q"))):
            subjects = [
                Subject(name, partial(bench.seconds, *NERDPY, "-n", namespace, *words))
                for name, (namespace, _) in namespaces.items()
            ]
            samples = bench.sample(what, subjects)
            bench.figures.append(ratio(f"nerdpy {what} of {MANY} / of {FEW}", 2, samples, "many", "few"))
    finally:
        for namespace, _ in namespaces.values():
            bench.output("-n", namespace, "image", "prune", "-af")
            bench.output("namespace", "rm", namespace)


def _archive(count: int) -> bytes:
    """A tar file in OCI layout with so many images."""
    with tempfile.TemporaryDirectory() as folder:
        images = Layout(Path(folder))
        shared = Tree()
        shared.file("shared", "everybody's\n")
        ground = images.layer(shared)
        for number in range(count):
            tree = Tree()
            tree.file("own", f"{number}\n")
            made = images.image([ground, images.layer(tree)], {"Cmd": ["true"]}, platform="linux/amd64")
            images.name(f"docker.io/library/many:{number}", made)
        images.save()
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            archive.add(folder, arcname=".")
        return buffer.getvalue()
