"""`nerdpy image convert` to layers that are read piece by piece: tables of contents in an image of their own,
and files in the order in which they are needed. `ctr-remote` says what is right."""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.image.archives import CHECK_ODD, ODD_SAYS, Maker, members
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import own_platform

RUN = ("run", "--rm", "--network", "none")
TOC_DIGEST = "containerd.io/snapshot/stargz/toc.digest"
CtrRemote = Callable[..., None]


class Image:
    """An image's blobs, as they are saved."""

    def __init__(self, cli: Cli, name: str) -> None:
        files = members(cli.ok("save", name).stdout)
        self.blobs = {f"sha256:{hashlib.sha256(data).hexdigest()}": data for data in files.values()}
        manifests = [json.loads(data) for data in files.values() if data[:1] == b"{" and b'"layers":' in data]
        self.manifest = next(one for one in manifests if self._is_for_here(one))
        self.layers: list[dict[str, Any]] = self.manifest["layers"]

    def _is_for_here(self, manifest: dict[str, Any]) -> bool:
        """Another platform's, which nobody refers to, is there until containerd collects its garbage."""
        here = own_platform().removeprefix("linux/")
        config: dict[str, Any] = json.loads(self.blobs[manifest["config"]["digest"]])
        return config.get("architecture", here) in ("", here)

    @property
    def diff_ids(self) -> list[str]:
        ids: list[str] = json.loads(self.blobs[self.manifest["config"]["digest"]])["rootfs"]["diff_ids"]
        return ids


def table_in(archive: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        content = tar.extractfile("stargz.index.json")
        assert content is not None
        return content.read()


def inner_table(layer: bytes) -> bytes:
    """Read as a client would: from the footer."""
    at = int(layer[-51:][16:32], 16)
    return table_in(gzip.decompress(layer[at:-51]))


def entries(table: bytes) -> list[dict[str, Any]]:
    """Without what two programs may do in two ways: where packed pieces begin, counts of links, the mark."""
    left_out = {"offset", "NumLink", "modtime", "userName", "groupName"}
    return [
        {key: value for key, value in entry.items() if key not in left_out}
        for entry in json.loads(table)["entries"]
        if not entry["name"].endswith("prefetch.landmark")
    ]


def names(table: bytes) -> list[str]:
    return [entry["name"] for entry in json.loads(table)["entries"] if entry["type"] != "chunk"]


@pytest.fixture
def ctr_remote(engine: PrivateEngine, namespace: str) -> CtrRemote:
    if not shutil.which("ctr-remote"):
        pytest.skip("ctr-remote (package stargz-snapshotter) is not installed")

    def convert(*words: str) -> None:
        command = ["ctr-remote", "-a", engine.address, "-n", namespace, "images", "convert", "--oci", *words]
        subprocess.run(command, capture_output=True, check=True)

    return convert


@pytest.mark.parametrize("flags", [(), ("--estargz-keep-diff-id",)], ids=["", "lossless"])
def test_tables_of_contents_are_kept_in_an_image_of_their_own(
    cli: Cli, maker: Maker, ctr_remote: CtrRemote, flags: tuple[str, ...]
) -> None:
    cli.ok("load", stdin=maker.named("odd:1", maker.odd()))
    before = Image(cli, "odd:1").diff_ids
    words = ("--estargz", "--estargz-external-toc", *flags)
    done = cli.ok("image", "convert", *words, "--format", "json", "odd:1", "lazy:1").json
    tables = cli.ok("images", "-q", "--no-trunc", "lazy:1-esgztoc").line
    assert done["ExtraImages"] == [f"docker.io/library/lazy:1-esgztoc@{tables}"]
    lazy, toc = Image(cli, "lazy:1"), Image(cli, "lazy:1-esgztoc")
    assert (lazy.diff_ids == before) == bool(flags)
    of_layer = {
        one["annotations"]["containerd.io/snapshot/stargz/layer.digest"]: toc.blobs[one["digest"]]
        for one in toc.layers
    }
    assert set(of_layer) == {layer["digest"] for layer in lazy.layers}
    ctr_remote(*words, "docker.io/library/odd:1", "docker.io/library/theirs:1")
    theirs, their_toc = Image(cli, "theirs:1"), Image(cli, "theirs:1-esgztoc")
    their_tables = {
        f"sha256:{hashlib.sha256(table).hexdigest()}": table
        for table in (table_in(gzip.decompress(their_toc.blobs[one["digest"]])) for one in their_toc.layers)
    }
    for layer, their_layer in zip(lazy.layers, theirs.layers, strict=True):
        table = table_in(gzip.decompress(of_layer[layer["digest"]]))
        assert f"sha256:{hashlib.sha256(table).hexdigest()}" == layer["annotations"][TOC_DIGEST]
        assert lazy.blobs[layer["digest"]][-46:] == theirs.blobs[their_layer["digest"]][-46:]
        assert entries(table) == entries(their_tables[their_layer["annotations"][TOC_DIGEST]])
    assert not flags or theirs.diff_ids == lazy.diff_ids
    cli.ok("rmi", "odd:1", "theirs:1")
    assert cli.ok(*RUN, "lazy:1", "sh", "-c", CHECK_ODD).line == ODD_SAYS


@pytest.mark.parametrize("form", ["estargz", "zstdchunked"])
def test_files_that_are_read_first_come_first(
    cli: Cli, busybox_image: str, ctr_remote: CtrRemote, tmp_path: Path, form: str
) -> None:
    record = tmp_path / "record.json"
    wanted = ("bin/sh", "bin/busybox", "/etc/passwd", "no/such/file", "bin/sh")
    record.write_text("".join(json.dumps({"path": path, "layerIndex": 0}) + "\n" for path in wanted))
    words = (f"--{form}", f"--{form}-record-in", str(record))
    cli.ok("image", "convert", *words, "busybox", "first:1")
    ours = Image(cli, "first:1")
    ctr_remote(*words, "docker.io/library/busybox:latest", "docker.io/library/theirs:1")
    theirs = Image(cli, "theirs:1")
    ((mine,), (other,)) = (image.layers for image in (ours, theirs))
    tables = [
        table_of(image.blobs[layer["digest"]], layer, form)
        for image, layer in ((ours, mine), (theirs, other))
    ]
    assert names(tables[0]) == names(tables[1])
    assert ".prefetch.landmark" in names(tables[0])[:8]
    assert cli.ok(*RUN, "first:1", "echo", "runs").line == "runs"


def table_of(layer: bytes, descriptor: dict[str, Any], form: str) -> bytes:
    if form == "estargz":
        return inner_table(layer)
    position = descriptor["annotations"]["io.containers.zstd-chunked.manifest-position"]
    at, size, *_ = (int(part) for part in position.split(":"))
    packed = layer[at : at + size]
    return subprocess.run(["zstd", "-d", "-c"], input=packed, capture_output=True, check=True).stdout


REFUSED = {
    ("--estargz", "--estargz-keep-diff-id"): (125, "--estargz-keep-diff-id goes with --estargz-external-toc"),
    ("--estargz", "--estargz-external-toc", "--estargz-keep-diff-id", "--estargz-record-in", "x"): (
        125,
        "--estargz-keep-diff-id and --estargz-record-in exclude each other",
    ),
    ("--estargz-external-toc",): (125, "--estargz-external-toc goes with --estargz"),
    ("--zstdchunked-record-in", "x"): (125, "--zstdchunked-record-in goes with --zstdchunked"),
    ("--estargz", "--estargz-record-in", "missing"): (1, 'cannot read the record "missing"'),
    ("--zstdchunked", "--zstdchunked-record-in", "broken"): (1, 'record is broken: "broken", line 2'),
}


def test_what_cannot_be_is_refused(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text('{"path": "bin/sh"}\nnothing\n')
    for flags, (code, text) in REFUSED.items():
        done = cli("image", "convert", *flags, "busybox", "lazy:1")
        assert (done.code, text in done.err) == (code, True), str(done)
    cli.ok("image", "convert", "--estargz", "busybox", "lazy:1")
    lossless = ("--estargz", "--estargz-external-toc", "--estargz-keep-diff-id")
    again = cli("image", "convert", *lossless, "lazy:1", "again:1")
    assert (again.code, "a layer is eStargz already" in again.err) == (1, True), str(again)
    long = cli("image", "convert", *lossless, "busybox", f"lazy:{'x' * 125}")
    assert (long.code, "has more than 128 letters" in long.err) == (1, True), str(long)
    assert cli("image", "inspect", "again:1").code == 1
