"""Images and archives for the tests of save, load, import, history and convert, made by hand."""

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hack.images.layout import Descriptor, Layer, Layout, Tree
from tests.integration.support.images import BUSYBOX, FOREIGN, PREFIX, own_platform

ZSTD_LAYER = "application/vnd.oci.image.layer.v1.tar+zstd"
LONG_NAME = "folder/" + "x" * 180 + "/" + "y" * 200
CONFIG = {"Env": ["PATH=/bin"], "Cmd": ["sh"]}


@dataclass
class Maker:
    """Makes images on top of busybox in a layout of its own."""

    layout: Layout
    root: Layer

    @staticmethod
    def on(images: Layout, folder: Path) -> "Maker":
        layout = Layout(folder)
        index = json.loads(images.read(images.references[PREFIX + BUSYBOX]))
        manifest = json.loads(images.read(index["manifests"][0]))
        (described,) = manifest["layers"]
        diff_id = json.loads(images.read(manifest["config"]))["rootfs"]["diff_ids"][0]
        layout.blob(images.read(described), described["mediaType"])
        return Maker(layout, Layer(described, diff_id))

    def named(self, name: str, target: Descriptor) -> bytes:
        """The archive of one image."""
        self.layout.name(name, target)
        return self.layout.archive(name)

    def image(self, *layers: Layer, platform: str = "") -> Descriptor:
        return self.layout.image([self.root, *layers], CONFIG, platform=platform or own_platform())

    def zstd_layer(self, tree: Tree) -> Layer:
        tar = tree.tar()
        packed = subprocess.run(["zstd", "-q", "-c"], input=tar, capture_output=True, check=True).stdout
        return Layer(self.layout.blob(packed, ZSTD_LAYER), f"sha256:{hashlib.sha256(tar).hexdigest()}")

    def stack(self, count: int, make: Callable[[Tree], Layer] | None = None) -> Descriptor:
        """An image of `count` layers above busybox's; /layer says which is the topmost."""
        make = make or self.layout.layer
        return self.image(*(make(file_tree("layer", f"{number}\n")) for number in range(1, count + 1)))

    def two_platforms(self) -> Descriptor:
        own = own_platform()
        other = self.layout.layer(file_tree("platform", "foreign\n"))
        stranger = self.layout.image([other], CONFIG, platform=FOREIGN[own])
        return self.layout.index([self.image(), stranger])

    def odd(self, make: Callable[[Tree], Layer] | None = None) -> Descriptor:
        """Whiteouts, hard links, long names and device nodes."""
        make = make or self.layout.layer
        lower = Tree()
        for name in ("gone", "opaque/below", "kept"):
            lower.file(name, name)
        upper = Tree()
        upper.file(".wh.gone", "")
        upper.file("opaque/.wh..wh..opq", "")
        upper.file("opaque/above", "above")
        upper.file(LONG_NAME, "long")
        upper.file("one", "linked")
        raw(upper, "two", tarfile.LNKTYPE, "one")
        node = raw(upper, "node", tarfile.CHRTYPE)
        node.devmajor, node.devminor, node.mode = 1, 3, 0o666
        return self.image(make(lower), make(upper))


CHECK_ODD = (
    f"test ! -e /gone && test ! -e /opaque/below && cat /opaque/above /kept /{LONG_NAME} "
    "&& test $(stat -c %i /one) = $(stat -c %i /two) && stat -c %t:%T /node"
)
ODD_SAYS = "abovekeptlong1:3"


def raw(tree: Tree, name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member of any kind."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    tree.members.append((member, b""))
    return member


def file_tree(name: str, content: str) -> Tree:
    tree = Tree()
    tree.file(name, content)
    return tree


def members(archive: bytes) -> dict[str, bytes]:
    """The files of a tar archive."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}  # type: ignore[union-attr]


def rebuilt(files: dict[str, bytes]) -> bytes:
    tree = Tree()
    for name, content in files.items():
        tree.file(name, content)
    return tree.tar()


def manifest_of(archive: bytes) -> list[dict[str, Any]]:
    """docker's manifest.json."""
    listed: list[dict[str, Any]] = json.loads(members(archive)["manifest.json"])
    return listed
