"""`nerdpy image convert` to nydus and overlaybd, whose programs Debian does not have: doubles of them show
how they are called, and what becomes of what they make."""

import hashlib
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.image.archives import Maker, members
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually

NYDUS = "application/vnd.oci.image.layer.nydus.blob.v1"
LAYER = "application/vnd.oci.image.layer.v1.tar"
PREFIX = "containerd.io/snapshot/"

NYDUS_IMAGE = """#!{python}
import hashlib, io, json, os, sys, tarfile
words = sys.argv[1:]
if words == ["create", "-h"]:
    print("--type <type> [possible values: {types}]")
    sys.exit()
with open("{log}", "a") as log:
    log.write(json.dumps([words, sys.stdin.read()]) + "\\n")
if "{failing}" == words[0]:
    print("Error: cannot " + words[0] + "\\n\\nCaused by:\\n    no room on the moon\\n", file=sys.stderr)
    sys.exit(1)
value = lambda flag: words[words.index(flag) + 1]
if words[0] == "create":
    with open(words[-1], "rb") as source:
        tar = source.read()
    tarfile.open(fileobj=io.BytesIO(tar)).getnames()
    boot = b"bootstrap of " + hashlib.sha256(tar).hexdigest().encode()
    with open(value("--blob"), "wb") as blob:
        for name, data in (("image.blob", b"data"), ("image.boot", boot)):
            header = tarfile.TarInfo(name)
            header.size = len(data)
            blob.write(data + header.tobuf())
else:
    names = [os.path.basename(path) for path in words[words.index("--bootstrap") + 2 :]]
    boots = [open(os.path.join(os.path.dirname(words[-1]), name), "rb").read() for name in names]
    with open(value("--bootstrap"), "wb") as merged:
        merged.write(b" and ".join(boots))
    with open(value("--output-json"), "w") as output:
        json.dump({{"version": "2", "blobs": {blobs}}}, output)
"""

OVERLAYBD = """#!{python}
import json, os, sys
words = sys.argv[1:]
name = os.path.basename(sys.argv[0])
config = json.load(open(words[1])) if name == "overlaybd-apply" else None
with open("{log}", "a") as log:
    log.write(json.dumps([name, words, config]) + "\\n")
if name == "{failing}":
    sys.exit(print("failed to perform " + name) or 255)
if name == "overlaybd-create":
    for path in words[:2]:
        open(path, "x").close()
elif name == "overlaybd-apply":
    assert all(os.path.exists(lower["file"]) for lower in config["lowers"])
    with open(words[0], "rb") as tar, open(config["upper"]["data"], "wb") as data:
        data.write(tar.read())
else:
    with open(words[0], "rb") as data, open(words[2], "xb") as commit:
        commit.write(b"overlaybd of " + data.read())
"""


class Double:
    """Programs on a PATH of their own, and a folder for temporary files that must be empty at the end."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self.folder, self.log, self.temporary = folder, folder / "log", folder / "temporary"
        self.temporary.mkdir()
        path = f"{folder}:{cli.environment['PATH']}"
        self.cli = cli.with_env(PATH=path, TMPDIR=str(self.temporary))

    def put(self, name: str, script: str, **values: str) -> None:
        values = {"python": sys.executable, "log": str(self.log), "failing": ""} | values
        (self.folder / name).write_text(script.format(**values))
        (self.folder / name).chmod(0o755)

    def calls(self) -> list[Any]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def left(self) -> list[Path]:
        return list(self.temporary.rglob("*"))


@pytest.fixture
def double(cli: Cli, tmp_path: Path) -> Double:
    return Double(cli, tmp_path)


def image_of(cli: Cli, name: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, bytes]]:
    """(manifest, config, blobs by their digests)."""
    files = members(cli.ok("save", name).stdout)
    blobs = {f"sha256:{hashlib.sha256(data).hexdigest()}": data for data in files.values()}
    (manifest,) = (json.loads(data) for data in files.values() if data[:1] == b"{" and b'"layers":' in data)
    return manifest, json.loads(blobs[manifest["config"]["digest"]]), blobs


def nydus_image(double: Double, **values: str) -> None:
    double.put("nydus-image", NYDUS_IMAGE, **({"types": "tar-rafs", "blobs": "names"} | values))


def test_nydus_layers_are_blobs_and_one_bootstrap(double: Double, maker: Maker) -> None:
    nydus_image(double)
    double.cli.ok("load", stdin=maker.named("two:1", maker.stack(1)))
    _, before, _ = image_of(double.cli, "two:1")
    work = double.folder / "work"
    flags = ("--nydus-work-dir", work, "--nydus-prefetch-patterns", "/bin", "--nydus-compressor", "zstd")
    double.cli.ok("image", "convert", "--nydus", *flags, "two:1", "nydus:1")
    manifest, config, blobs = image_of(double.cli, "nydus:1")
    first, second, bootstrap = manifest["layers"]
    for layer in (first, second):
        assert layer["mediaType"] == NYDUS
        assert layer["annotations"] == {f"{PREFIX}nydus-blob": "true"}
    assert bootstrap["mediaType"] == f"{LAYER}+gzip"
    assert bootstrap["annotations"] == {
        f"{PREFIX}nydus-bootstrap": "true",
        f"{PREFIX}nydus-fs-version": "6",
    }
    held = members(blobs[bootstrap["digest"]])
    ids = before["rootfs"]["diff_ids"]
    merged = " and ".join(f"bootstrap of {diff_id.partition(':')[2]}" for diff_id in ids)
    assert held == {"image/image.boot": merged.encode()}
    assert config["rootfs"]["diff_ids"][:2] == [first["digest"], second["digest"]]
    assert config["history"][-1] == {"created_by": "Nydus Converter", "comment": "Nydus Bootstrap Layer"}
    assert config["config"] == before["config"]
    *created, (merge, patterns) = double.calls()
    assert [(words[0], said) for words, said in created] == [("create", "/bin"), ("create", "/bin")]
    assert patterns == "/bin"
    words = " ".join(created[0][0])
    assert "--whiteout-spec none --fs-version 6 --type tar-rafs --blob-inline-meta" in words
    assert "--features blob-toc --compressor zstd" in words
    assert created[0][0][-1].startswith(f"{work}/nerdpy-nydus-")
    names = [layer["digest"].partition(":")[2] for layer in (first, second)]
    assert [Path(path).name for path in merge[-2:]] == names
    assert (list(work.iterdir()), double.left()) == ([], [])


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"failing": "create"}, "nydus-image failed: no room on the moon"),
        ({"failing": "merge"}, "nydus-image failed: no room on the moon"),
        ({"types": "dir-rafs"}, "cannot read tar archives"),
        ({"blobs": '["123"]'}, 'merged a blob that is not of this image: "123"'),
    ],
    ids=["create", "merge", "old", "strange"],
)
def test_what_nydus_image_cannot_do_is_told(
    double: Double, busybox_image: str, values: dict[str, str], text: str
) -> None:
    nydus_image(double, **values)
    done = double.cli("image", "convert", "--nydus", "busybox", "nydus:1")
    assert (done.code, text in done.err) == (1, True), str(done)
    assert double.left() == []
    assert double.cli("image", "inspect", "nydus:1").code == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_conversion_that_is_interrupted_leaves_nothing(
    double: Double, busybox_image: str, engine: PrivateEngine, namespace: str, number: signal.Signals
) -> None:
    """nydus-image goes, the folder goes, and so does what was stored."""
    before = engine.ctr("content", "ls", "-q", namespace=namespace).stdout.split()
    double.put(
        "nydus-image",
        '#!/bin/sh\n[ "$2" = -h ] && echo tar-rafs && exit\necho $$ > {log}\nexec sleep 100\n',
    )
    converting = double.cli.start("image", "convert", "--nydus", "busybox", "nydus:1")
    pid = eventually(lambda: double.log.read_text().strip())
    converting.send_signal(number)
    assert converting.wait(timeout=30) == -number
    assert not Path("/proc", pid).exists()
    assert double.left() == []
    assert set(engine.ctr("content", "ls", "-q", namespace=namespace).stdout.split()) <= set(before)


def uuid(digest: str) -> str:
    digits = digest.partition(":")[2]
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"


def overlaybd(double: Double, **values: str) -> None:
    for name in ("create", "apply", "commit"):
        double.put(f"overlaybd-{name}", OVERLAYBD, **values)


def test_overlaybd_layers_stand_on_each_other(double: Double, maker: Maker) -> None:
    overlaybd(double)
    double.cli.ok("load", stdin=maker.named("two:1", maker.stack(1)))
    _, before, _ = image_of(double.cli, "two:1")
    double.cli.ok("image", "convert", "--overlaybd", "--overlaybd-vsize", "16", "two:1", "bd:1")
    manifest, config, blobs = image_of(double.cli, "bd:1")
    assert config["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]
    for layer, diff_id in zip(manifest["layers"], before["rootfs"]["diff_ids"], strict=True):
        assert layer["mediaType"] == LAYER
        assert layer["annotations"] == {
            f"{PREFIX}overlaybd/version": "0.1.0",
            f"{PREFIX}overlaybd/blob-digest": layer["digest"],
            f"{PREFIX}overlaybd/blob-size": str(layer["size"]),
            f"{PREFIX}overlaybd/blob-fs-type": "ext4",
        }
        tar = blobs[layer["digest"]].removeprefix(b"overlaybd of ")
        assert f"sha256:{hashlib.sha256(tar).hexdigest()}" == diff_id
    calls = double.calls()
    assert [name for name, _, _ in calls] == ["overlaybd-create", "overlaybd-apply", "overlaybd-commit"] * 2
    (made, applied, committed), (above, applied_above, committed_above) = calls[:3], calls[3:]
    assert (made[1][2:], above[1][2:]) == (["16", "-s", "--mkfs"], ["16", "-s"])
    assert (applied[2]["lowers"], applied_above[2]["lowers"]) == ([], [{"file": committed[1][2]}])
    first, second = before["rootfs"]["diff_ids"]
    chain = hashlib.sha256(f"{first} {second}".encode()).hexdigest()
    assert committed[1][3:] == ["-z", "-t", "--uuid", uuid(first)]
    assert committed_above[1][3:] == [*committed[1][3:6], uuid(f":{chain}"), "--parent-uuid", uuid(first)]
    assert double.left() == []


def test_what_overlaybd_cannot_do_is_told(double: Double, busybox_image: str) -> None:
    for name in ("overlaybd-create", "overlaybd-apply", "overlaybd-commit"):
        overlaybd(double, failing=name)
        done = double.cli("image", "convert", "--overlaybd", "busybox", "bd:1")
        assert (done.code, f"{name} failed: failed to perform {name}" in done.err) == (1, True), str(done)
        assert double.left() == []
    for flags, text in {
        ("--overlaybd-fs-type", "xfs"): 'makes ext4 only, not "xfs"',
        ("--overlaybd-dbstr", "user@tcp(db)/layers"): "not looked for in a database",
    }.items():
        done = double.cli("image", "convert", "--overlaybd", *flags, "busybox", "bd:1")
        assert (done.code != 0, text in done.err) == (True, True), str(done)
