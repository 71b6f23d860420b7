"""What goes to a registry and comes back: many layers, odd entries, and images of and for skopeo."""

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from hack.images.busybox import busybox_program, busybox_tree
from hack.images.layout import Layer, Layout, Tree
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import own_platform
from tests.integration.support.registry import Registry

SKOPEO_S_MEMORY = "/var/lib/containers/cache"
"""Of blobs in registries, which it would use again instead of packing anew; here the worker's own."""
LONG = f"{'long-' * 40}name"


def put(engine: PrivateEngine, namespace: str, layout: Layout, name: str, layers: list[Layer]) -> str:
    """The image under a name, present locally."""
    layout.name(name, layout.image(layers, {"Cmd": ["sh"]}, platform=own_platform()))
    done = engine.ctr("images", "import", "-", namespace=namespace, stdin=layout.archive(name))
    assert done.returncode == 0, done.stderr
    return name


def odd_tree() -> Tree:
    """A layer upon a system: something of it is gone, and not everything is a file."""
    tree = Tree()
    tree.file("etc/.wh.gone", "")
    tree.file(f"{LONG}/{LONG}", "deep\n")
    tree.file("kept", "linked\n")
    hard, device = tarfile.TarInfo("hard"), tarfile.TarInfo("null")
    hard.type, hard.linkname = tarfile.LNKTYPE, "kept"
    device.type, device.devmajor, device.devminor, device.mode = tarfile.CHRTYPE, 1, 3, 0o666
    tree.members += [(hard, b""), (device, b"")]
    return tree


def system_tree(scratch: Path) -> Tree:
    tree = busybox_tree(busybox_program(scratch))
    tree.file("etc/gone", "still here\n")
    return tree


def skopeo(*words: str) -> str:
    """It takes plain HTTP where it is told to."""
    done = subprocess.run(["skopeo", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_odd_entries_come_back_as_they_were(
    cli: Cli, registry: Registry, engine: PrivateEngine, namespace: str, tmp_path: Path
) -> None:
    layout = Layout(tmp_path / "layout")
    layers = [layout.layer(system_tree(tmp_path)), layout.layer(odd_tree())]
    name = put(engine, namespace, layout, registry.reference("round/odd:1"), layers)
    cli.ok("push", "-q", name)
    cli.ok("rmi", name)
    cli.ok("pull", "-q", name)
    script = f"""
        ls /etc/gone
        cat /{LONG}/{LONG}
        ls -i /kept /hard | sed 's/ .*//' | sort -u | wc -l
        stat -c %t,%T /null
    """
    done = cli.ok("run", "--rm", name, "sh", "-c", script)
    assert done.lines == ["deep", "1", "1,3"]
    assert "/etc/gone: No such file" in done.err


def test_a_hundred_layers_come_back(
    cli: Cli, registry: Registry, engine: PrivateEngine, namespace: str, tmp_path: Path
) -> None:
    layout = Layout(tmp_path / "layout")
    layers = [layout.layer(system_tree(tmp_path))]
    for number in range(99):
        tree = Tree()
        tree.file("number", f"{number}\n")
        tree.file(f"data/{number}", os.urandom(1000))
        layers.append(layout.layer(tree))
    name = put(engine, namespace, layout, registry.reference("round/hundred:1"), layers)
    cli.ok("push", "-q", name)
    cli.ok("rmi", name)
    cli.ok("pull", "-q", name)
    assert cli.ok("run", "--rm", name, "sh", "-c", "cat number; ls data | wc -l").lines == ["98", "99"]


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_skopeo_reads_what_was_pushed_and_writes_what_is_pulled(
    cli: Cli, registry: Registry, busybox_image: str, tmp_path: Path, compression: str
) -> None:
    name, copy = registry.reference("round/skopeo:1"), registry.reference(f"round/{compression}:1")
    cli.ok("tag", busybox_image, name)
    cli.ok("push", "-q", name)
    seen = json.loads(skopeo("inspect", "--tls-verify=false", f"docker://{name}"))
    assert seen["Digest"] == registry.digest("round/skopeo", "1")
    unpacked = f"dir:{tmp_path / 'unpacked'}"
    skopeo("copy", "-q", "--src-tls-verify=false", "--dest-decompress", f"docker://{name}", unpacked)
    shutil.rmtree(SKOPEO_S_MEMORY, ignore_errors=True)
    packed = ("--dest-tls-verify=false", "--format", "oci", "--dest-compress-format", compression)
    skopeo("copy", "-q", *packed, unpacked, f"docker://{copy}")
    cli.ok("pull", "-q", copy)
    assert compression in registry.manifest(f"round/{compression}", "1").decode()
    assert cli.ok("run", "--rm", copy, "echo", "it runs").lines == ["it runs"]
