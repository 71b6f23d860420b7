"""`--snapshotter`: containerd's own, and a remote one, with which containers start before layers are here."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hack.images import busybox
from hack.images.layout import Layout, Tree
from nerdpy.system.clear import unmount_below
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import own_platform
from tests.integration.support.isolation import OWN
from tests.integration.support.registry import Registry, make_certificate
from tests.integration.support.waiting import eventually

ADDRESS = "198.51.100.27"  # no other module's: their fixtures may live at the same time
"""soci takes loopback for plain HTTP in one place and for TLS in another: this is neither."""
PIECE = 4 << 20
PLUGIN = """\
version = 3
[proxy_plugins.soci]
type = "snapshot"
address = "{socket}"
[proxy_plugins.soci.exports]
root = "{root}"
enable_remote_snapshot_annotations = "{tells}"
"""
UNPACKING = """\
[[plugins."io.containerd.transfer.v1.local".unpack_config]]
platform = "{platform}"
snapshotter = "{snapshotter}"
differ = "walking"
"""


def test_an_unknown_snapshotter_is_told_with_those_there_are(cli: Cli, busybox_image: str) -> None:
    for words in (["run", "--rm", busybox_image], ["images"], ["pull", "busybox"]):
        refused = cli("--snapshotter", "nothing", *words)
        assert refused.code == (125 if words[0] == "run" else 1)
        assert 'no snapshotter "nothing" in containerd' in refused.err
        assert "native, overlayfs" in refused.err
    by_variable = cli("images", env={"CONTAINERD_SNAPSHOTTER": "nothing"})
    assert (by_variable.code, "native, overlayfs" in by_variable.err) == (1, True)


def test_a_snapshotter_that_does_not_work_here_says_why(cli: Cli) -> None:
    refused = cli("--snapshotter", "btrfs", "images")
    assert refused.code == 1
    assert 'snapshotter "btrfs" does not work here: ' in refused.err
    assert "btrfs filesystem" in refused.err


@pytest.fixture
def snapshotter(
    request: pytest.FixtureRequest, cli: Cli, engine: PrivateEngine, tmp_path: Path
) -> Iterator[str]:
    """One that works: btrfs wants a filesystem of its own, and erofs its tools."""
    name: str = request.param
    program = {"erofs": "mkfs.erofs", "btrfs": "mkfs.btrfs"}.get(name)
    if program and not (shutil.which(program) and f"\t{name}\n" in Path("/proc/filesystems").read_text()):
        pytest.skip(f"no {name} here")
    if name != "btrfs":
        yield name
        return
    disk, place = tmp_path / "disk", engine.root / "io.containerd.snapshotter.v1.btrfs"
    with disk.open("wb") as file:
        file.truncate(256 << 20)
    subprocess.run(["mkfs.btrfs", "-q", disk], check=True, capture_output=True)
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", disk, place], check=True)
    engine.restart()
    yield name
    engine.stop()
    subprocess.run(["umount", place], check=True)
    engine.start()


@pytest.mark.parametrize("snapshotter", ["native", "erofs", "btrfs"], indirect=True)
def test_containers_live_on_other_snapshotters(
    cli: Cli, engine: PrivateEngine, registry: Registry, namespace: str, snapshotter: str
) -> None:
    """erofs and btrfs are such that containerd is not set up to unpack into by itself."""
    there = cli.with_env(NERDPY_SNAPSHOTTER=snapshotter)
    reference = registry.reference("odd:layers")
    there.ok("pull", "-q", reference)
    there.ok("run", "--name", "one", reference, "sh", "-c", "cat /layer; echo mine > /own")
    assert there.ok("logs", "one").line == "29"
    assert "A /own" in there.ok("diff", "one").lines
    assert there.ok("inspect", "-f", "{{.Driver}}", "one").line == snapshotter
    kept = engine.ctr("snapshots", "--snapshotter", snapshotter, "ls", namespace=namespace).stdout
    assert len(kept.splitlines()) == 1 + 30 + 1
    assert engine.ctr("snapshots", "ls", namespace=namespace).stdout.splitlines()[1:] == []
    there.ok("rm", "one")
    there.ok("rmi", reference)
    assert (
        engine.ctr("snapshots", "--snapshotter", snapshotter, "ls", namespace=namespace).stdout.splitlines()[
            1:
        ]
        == []
    )


@dataclass
class Lazy:
    """A registry with an image of a few megabytes, and soci-snapshotter as a plugin of containerd."""

    cli: Cli
    engine: PrivateEngine
    registry: Registry
    folder: Path
    reference: str
    layers: list[str]

    def configure(self, *, tells: bool = True, unpacks: bool = True) -> None:
        """Tell containerd of it: `tells` whether it says what a layer is of."""
        text = PLUGIN.format(
            socket=self.folder / "soci.sock", root=self.folder / "root", tells=str(tells).lower()
        )
        for snapshotter in ("overlayfs", "native", *(("soci",) if unpacks else ())):
            text += UNPACKING.format(platform=own_platform(), snapshotter=snapshotter)
        folder = self.engine.folder / "conf.d"
        folder.mkdir(exist_ok=True)
        (folder / "soci.toml").write_text(text)
        self.engine.restart()

    def soci(self, *words: str) -> None:
        """The tool that makes the index by which parts of a layer are found."""
        namespace = self.cli.environment["NERDPY_NAMESPACE"]
        command = ["soci", "--address", self.engine.address, "--namespace", namespace, *words]
        subprocess.run(command, check=True, capture_output=True, env=trusting(self.registry))

    def layers_here(self) -> list[str]:
        namespace = self.cli.environment["NERDPY_NAMESPACE"]
        here = self.engine.ctr("content", "ls", "-q", namespace=namespace).stdout.split()
        return [layer for layer in self.layers if layer in here]


def trusting(registry: Registry) -> dict[str, str]:
    return {**os.environ, "SSL_CERT_FILE": str(registry.authority)}


@pytest.fixture(scope="module")
def far_registry(machine: None) -> Iterator[Registry]:
    subprocess.run(["ip", "addr", "add", f"{ADDRESS}/32", "dev", "lo"], check=True)
    authority, certificate = make_certificate(OWN / "far-tls", ADDRESS)
    registry = Registry(OWN / "far", 5010, certificate=certificate, authority=authority, address=ADDRESS)
    yield registry.start()
    registry.stop()
    subprocess.run(["ip", "addr", "del", f"{ADDRESS}/32", "dev", "lo"], check=True)


@pytest.fixture
def lazy(cli: Cli, engine: PrivateEngine, far_registry: Registry, tmp_path: Path) -> Iterator[Lazy]:
    if not shutil.which("soci-snapshotter-grpc"):
        pytest.skip("no soci-snapshotter here")
    folder = engine.folder / "soci"
    folder.mkdir()
    reference, layers = _pushed(far_registry, tmp_path)
    daemon = _daemon(folder, tmp_path / "soci.log", far_registry)
    try:
        eventually((folder / "soci.sock").exists, what="soci-snapshotter listens")
        there = cli.with_env(NERDPY_TOML=str(_trusting_toml(far_registry, tmp_path)))
        yield Lazy(there, engine, far_registry, folder, reference, layers)
    finally:
        shutil.rmtree(engine.folder / "conf.d", ignore_errors=True)
        engine.restart()
        daemon.terminate()
        daemon.wait()
        unmount_below(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _pushed(registry: Registry, scratch: Path) -> tuple[str, list[str]]:
    """An image with some megabytes that can't be compressed: its reference, and its layers' digests."""
    made = Layout(scratch / "lazy")
    pieces = Tree()
    for number in range(4):
        pieces.file(f"piece{number}", os.urandom(PIECE))
    ground = made.layer(busybox.busybox_tree(busybox.busybox_program(scratch)))
    layers = [ground, made.layer(pieces)]
    registry.push(made, "lazy", "1", made.image(layers, busybox.CONFIG, platform=own_platform()))
    return registry.reference("lazy:1"), [layer.descriptor["digest"] for layer in layers]


def _daemon(folder: Path, log: Path, registry: Registry) -> "subprocess.Popen[bytes]":
    (folder / "config.toml").write_text("")
    places = {"--address": "soci.sock", "--root": "root", "--config": "config.toml"}
    words = [word for flag, name in places.items() for word in (flag, str(folder / name))]
    with log.open("wb") as file:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "soci-snapshotter-grpc", *words],
            stdout=file,
            stderr=file,
            env=trusting(registry),
        )


def _trusting_toml(registry: Registry, scratch: Path) -> Path:
    """nerdpy's settings with a folder of hosts.toml files."""
    folder = scratch / "certs.d" / registry.host
    folder.mkdir(parents=True)
    (folder / "hosts.toml").write_text(f'server = "https://{registry.host}"\nca = "{registry.authority}"\n')
    config = scratch / "nerdpy.toml"
    config.write_text(f'hosts_dir = ["{folder.parent}"]\n')
    return config


def test_a_container_starts_before_its_layers_are_here(lazy: Lazy) -> None:
    lazy.configure()
    lazy.cli.ok("pull", "-q", lazy.reference)
    lazy.soci("create", "--min-layer-size", "0", lazy.reference)
    lazy.soci("push", lazy.reference)
    assert lazy.layers_here() == lazy.layers
    lazy.cli.ok("rmi", lazy.reference)

    there = lazy.cli.with_env(NERDPY_SNAPSHOTTER="soci")
    ran = there.ok("run", "--name", "early", "--network", "none", lazy.reference, "wc", "-c", "/piece2")
    assert ran.line.split()[0] == str(PIECE)
    assert lazy.layers_here() == []
    assert "the whole image is fetched" not in ran.err
    assert "206" in lazy.registry.log
    assert there.ok("image", "inspect", "-f", "{{len .RootFS.Layers}}", lazy.reference).line == "2"

    eager = lazy.cli("run", "--rm", "--pull", "never", "--network", "none", lazy.reference, "true")
    assert eager.code == 125
    assert "lacks content here: layer" in eager.err
    there.ok("rm", "early")
    there.ok("rmi", lazy.reference)


@pytest.mark.parametrize(
    ("tells", "unpacks", "words"),
    [
        (False, True, "containerd does not tell soci what a layer is of"),
        (True, False, "containerd is not set up to unpack into soci"),
    ],
)
def test_what_keeps_a_pull_from_being_lazy_is_said(
    lazy: Lazy, tells: bool, unpacks: bool, words: str
) -> None:
    lazy.configure(tells=tells, unpacks=unpacks)
    there = lazy.cli.with_env(NERDPY_SNAPSHOTTER="soci")
    pulled = there.ok("pull", lazy.reference)
    assert words in pulled.err
    assert lazy.layers_here() == lazy.layers
    assert there.ok("run", "--rm", "--network", "none", lazy.reference, "echo", "runs").line == "runs"
    there.ok("rmi", lazy.reference)
