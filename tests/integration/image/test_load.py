"""`nerdpy load`: all images of an archive, or none; what is hostile never gets in."""

import bz2
import gzip
import json
import lzma
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hack.images.layout import Tree
from tests.integration.conftest import PtyCli
from tests.integration.image.archives import CHECK_ODD, ODD_SAYS, Maker, members, raw, rebuilt
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import FOREIGN, own_platform
from tests.integration.support.waiting import eventually

RUN = ("run", "--rm", "--network", "none")


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize("count", [1, 20, 100])
@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_images_of_many_layers_run(cli: Cli, maker: Maker, count: int, kind: str) -> None:
    make = maker.zstd_layer if kind == "zstd" else maker.layout.layer
    done = cli.ok("load", stdin=maker.named("stack:1", maker.stack(count, make)))
    assert done.lines == ["Loaded image: stack:1"]
    assert cli.ok(*RUN, "stack:1", "cat", "/layer").line == str(count)


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_odd_files_are_what_they_were(cli: Cli, maker: Maker, kind: str) -> None:
    cli.ok("load", stdin=maker.named("odd:1", maker.odd(maker.zstd_layer if kind == "zstd" else None)))
    assert cli.ok(*RUN, "odd:1", "sh", "-c", CHECK_ODD).line == ODD_SAYS


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, zstd], ids=["gz", "bz2", "xz", "zst"]
)
def test_a_packed_archive_is_loaded(
    cli: Cli, maker: Maker, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    packed = tmp_path / "packed"
    packed.write_bytes(pack(maker.named("packed:1", maker.stack(1))))
    assert cli.ok("load", "-q", "-i", packed).line == "Loaded image: packed:1"
    assert cli.ok(*RUN, "packed:1", "cat", "/layer").line == "1"


def test_what_was_saved_comes_back_as_it_was(
    cli: Cli, engine: PrivateEngine, busybox_image: str, namespace: str
) -> None:
    cli.ok("tag", "busybox", "second/name:2")
    digest = cli.ok("images", "-q", "--no-trunc", "busybox").line
    saved = cli.ok("save", "busybox", "second/name:2").stdout
    cli.ok("rmi", "busybox", "second/name:2")
    assert engine.ctr("content", "ls", "-q", namespace=namespace).stdout == ""
    assert cli.ok("load", stdin=saved).lines == [
        "Loaded image: busybox:latest",
        "Loaded image: second/name:2",
    ]
    assert set(cli.ok("images", "-q", "--no-trunc").lines) == {digest}
    assert cli.ok(*RUN, "busybox", "echo", "back").line == "back"


@pytest.mark.parametrize("tool", ["docker-archive", "oci-archive"])
def test_what_skopeo_wrote_is_loaded(cli: Cli, maker: Maker, tmp_path: Path, tool: str) -> None:
    source, target = tmp_path / "source.tar", tmp_path / "target.tar"
    source.write_bytes(maker.named("docker.io/library/from:1", maker.odd()))
    subprocess.run(
        ["skopeo", "copy", "-q", f"oci-archive:{source}", f"{tool}:{target}:docker.io/some/name:1"],
        check=True,
    )
    assert cli.ok("load", "-i", target).lines == ["Loaded image: some/name:1"]
    assert cli.ok(*RUN, "some/name:1", "sh", "-c", CHECK_ODD).line == ODD_SAYS


def test_images_without_a_name_get_one_of_the_day(cli: Cli, maker: Maker) -> None:
    files = members(maker.named("x:1", maker.stack(1)))
    index = json.loads(files["index.json"])
    del index["manifests"][0]["annotations"]
    loaded = cli.ok("load", stdin=rebuilt(files | {"index.json": json.dumps(index).encode()})).line
    digest = index["manifests"][0]["digest"]
    assert loaded.startswith("Loaded image: import-20")
    assert loaded.endswith(f"@{digest}")
    assert cli.ok("images", "-q", "--no-trunc", "-f", "dangling=true").line == digest


def old_docker_archive(maker: Maker) -> dict[str, bytes | str]:
    """docker's format before OCI: layers unpacked, in folders; one is a link to another."""
    files = members(maker.named("x:1", maker.stack(1)))
    manifest = json.loads(max((data for data in files.values() if b'"layers"' in data), key=len))
    layers = [
        gzip.decompress(files[f"blobs/{one['digest'].replace(':', '/')}"]) for one in manifest["layers"]
    ]
    config = json.loads(files[f"blobs/{manifest['config']['digest'].replace(':', '/')}"])
    config["rootfs"]["diff_ids"].append(config["rootfs"]["diff_ids"][1])
    config["history"].append(config["history"][1])
    first, second, third = ("1" * 64, "2" * 64, "3" * 64)
    listed = [
        {
            "Config": f"{first}.json",
            "RepoTags": ["old/style:1", "old/style:2"],
            "Layers": [f"{name}/layer.tar" for name in (first, second, third)],
        }
    ]
    return {
        f"{first}/VERSION": b"1.0",
        f"{first}/json": b"{}",
        f"{first}/layer.tar": layers[0],
        f"{second}/layer.tar": layers[1],
        f"{third}/layer.tar": f"../{second}/layer.tar",
        f"{first}.json": json.dumps(config).encode(),
        "manifest.json": json.dumps(listed).encode(),
        "repositories": b"{}",
    }


def tarred(files: dict[str, bytes | str]) -> bytes:
    tree = Tree()
    for name, content in files.items():
        if isinstance(content, str):
            tree.link(name, content)
        else:
            tree.file(name, content)
    return tree.tar()


def test_dockers_old_format_is_loaded(cli: Cli, maker: Maker) -> None:
    done = cli.ok("load", stdin=tarred(old_docker_archive(maker)))
    assert done.lines == ["Loaded image: old/style:1", "Loaded image: old/style:2"]
    assert cli.ok(*RUN, "old/style:2", "cat", "/layer").line == "1"


def test_platforms_are_chosen(cli: Cli, maker: Maker, engine: PrivateEngine, namespace: str) -> None:
    own, foreign = own_platform(), FOREIGN[own_platform()]
    archive = maker.named("both:1", maker.two_platforms())

    def here(*flags: str) -> tuple[int, int]:
        """(manifests with content, snapshots)"""
        cli.ok("load", *flags, stdin=archive)
        saved = members(cli.ok("save", "both:1").stdout)
        snapshots = engine.ctr("snapshots", "ls", namespace=namespace).stdout.splitlines()[1:]
        cli.ok("rmi", "both:1")
        return sum(b'"layers":' in data for data in saved.values() if data[:1] == b"{"), len(snapshots)

    assert here() == (2, 1)
    assert here("--all-platforms") == (2, 2)
    assert here("--platform", own) == (1, 1)
    assert here("--platform", foreign) == (1, 1)
    missing = cli("load", "--platform", "linux/s390x", stdin=archive)
    assert missing.code == 1
    assert 'no "docker.io/library/both:1" for platform linux/s390x' in missing.err


def test_a_name_is_moved_and_its_user_keeps_the_old_image(cli: Cli, maker: Maker) -> None:
    cli.ok("load", stdin=maker.named("moving:1", maker.stack(1)))
    old = cli.ok("images", "-q", "--no-trunc", "moving").line
    cli.ok("create", "--name", "user", "--network", "none", "moving:1", "cat", "/layer")
    done = cli.ok("load", stdin=maker.named("moving:1", maker.stack(2)))
    assert done.lines == [
        f"The image moving:1 already exists, renaming the old one with ID {old} to empty string",
        "Loaded image: moving:1",
    ]
    assert cli.ok(*RUN, "moving:1", "cat", "/layer").line == "2"
    assert cli.ok("start", "-a", "user").line == "1"
    assert cli.ok("load", stdin=maker.named("moving:1", maker.stack(2))).lines == ["Loaded image: moving:1"]


# --- what must not get in ---
Files = dict[str, bytes | str]


def sound(maker: Maker) -> Files:
    return dict(members(maker.named("evil:1", maker.stack(1))))


def blob(files: Files, word: bytes) -> str:
    """The name of the blob that has this in it."""
    return next(
        name
        for name, data in files.items()
        if isinstance(data, bytes) and name[:5] == "blobs" and word in data
    )


def lying_blob(files: Files) -> Files:
    return files | {blob(files, b"diff_ids"): b'{"rootfs": {"diff_ids": []}}'}


def lying_layer(files: Files) -> Files:
    name = next(name for name, data in files.items() if isinstance(data, bytes) and data[:2] == b"\x1f\x8b")
    return files | {name: gzip.compress(b"another layer")}


def lacking_layer(files: Files) -> Files:
    name = next(name for name, data in files.items() if isinstance(data, bytes) and data[:2] == b"\x1f\x8b")
    return {key: data for key, data in files.items() if key != name}


def with_index(files: Files, **change: object) -> Files:
    index = json.loads(files["index.json"])
    index["manifests"][0] |= change
    return files | {"index.json": json.dumps(index).encode()}


def two_faced(maker: Maker) -> bytes:
    """A manifest that is an index as well (CVE-2021-41190)."""
    target = maker.stack(1)
    value = json.loads(maker.layout.read(target)) | {"manifests": []}
    return maker.named("evil:1", maker.layout.json(value, target["mediaType"]))


def wrong_diff_id(maker: Maker) -> bytes:
    layer = maker.layout.layer(Tree())
    liar = type(layer)(layer.descriptor, "sha256:" + "5" * 64)
    return maker.named("evil:1", maker.image(liar))


def from_docker(maker: Maker, **change: object) -> bytes:
    files = old_docker_archive(maker)
    listed = json.loads(files["manifest.json"])
    listed[0] |= change
    return tarred(files | {"manifest.json": json.dumps(listed).encode()})


def with_raw(maker: Maker, name: str, kind: bytes, target: str = "") -> bytes:
    tree = Tree()
    for path, content in sound(maker).items():
        tree.file(path, content)
    raw(tree, name, kind, target)
    return tree.tar()


HOSTILE: dict[str, tuple[Callable[[Maker], bytes], str]] = {
    "path out of it": (lambda maker: tarred(sound(maker) | {"../../tmp/evil": b"x"}), "outside of itself"),
    "absolute path": (lambda maker: with_raw(maker, "/tmp/evil", b"0"), "absolute path"),
    "hard link": (lambda maker: with_raw(maker, "x", b"1", "index.json"), "a hard link"),
    "device": (lambda maker: with_raw(maker, "x", b"4"), "a device node"),
    "link to a file of ours": (lambda maker: with_raw(maker, "x", b"2", "/etc/shadow"), "leads out of it"),
    "duplicate": (lambda maker: with_raw(maker, "index.json", b"0"), '"index.json" twice'),
    "lying config": (lambda maker: tarred(lying_blob(sound(maker))), "is not what its name says"),
    "lying layer": (lambda maker: tarred(lying_layer(sound(maker))), "is not what its name says"),
    "lacking layer": (lambda maker: tarred(lacking_layer(sound(maker))), "is not in it"),
    "lying size": (lambda maker: tarred(with_index(sound(maker), size=7)), "has not the size"),
    "lying kind": (
        lambda maker: tarred(with_index(sound(maker), mediaType="application/vnd.oci.image.index.v1+json")),
        "is not the application/vnd.oci.image.index.v1+json",
    ),
    "digest that is a path": (
        lambda maker: tarred(with_index(sound(maker), digest="../../x")),
        "no descriptor",
    ),
    "two faces": (two_faced, "is not the application/vnd.oci.image.manifest.v1+json"),
    "wrong diff id": (wrong_diff_id, "is not what its config says"),
    "name that is none": (
        lambda maker: tarred(with_index(sound(maker), annotations={"io.containerd.image.name": "../../x"})),
        "invalid reference format",
    ),
    "deep json": (lambda maker: tarred(sound(maker) | {"index.json": b"[" * 200_000}), "is not JSON"),
    "huge json": (lambda maker: tarred(sound(maker) | {"index.json": bytes(17 << 20)}), "of 17825792 bytes"),
    "manifest.json that points outside": (
        lambda maker: from_docker(maker, Config="../../../etc/passwd"),
        'has no "../../../etc/passwd"',
    ),
    "manifest.json of another kind": (lambda maker: from_docker(maker, Layers="x"), "not a list of strings"),
    "layers that the config does not know": (lambda maker: from_docker(maker, Layers=[]), "has 0 layers"),
    "no image at all": (lambda maker: tarred({"etc/passwd": b"x"}), "this is no archive of images"),
    "half of it": (lambda maker: tarred(sound(maker))[:-200_000], "broke off"),
    "half of it, packed": (lambda maker: gzip.compress(tarred(sound(maker)))[:-50], "stream is broken"),
    "no archive": (lambda maker: b"just a text\n" * 100, "no tar archive"),
}


@pytest.fixture
def expect_nothing_here(cli: Cli, engine: PrivateEngine, namespace: str) -> Callable[[], None]:
    """Looks that the store is as empty as before."""

    def look() -> None:
        assert cli.ok("images", "-q").lines == []
        for words in (("content", "ls", "-q"), ("leases", "ls", "-q")):
            assert eventually(lambda: engine.ctr(*words, namespace=namespace).stdout == ""), words  # noqa: B023
        assert engine.ctr("snapshots", "ls", namespace=namespace).stdout.splitlines()[1:] == []
        assert engine.ctr("content", "active", namespace=namespace).stdout.splitlines()[1:] == []

    return look


def test_hostile_archives_leave_nothing(
    cli: Cli, maker: Maker, expect_nothing_here: Callable[[], None], tmp_path: Path
) -> None:
    for name, (make, words) in HOSTILE.items():
        archive = tmp_path / "archive.tar"
        archive.write_bytes(make(maker))
        done = cli("load", "-i", archive)
        assert done.code == 1, f"{name}: {done}"
        assert words in done.err, f"{name}: {done}"
        assert done.out == "", f"{name}: {done}"
    expect_nothing_here()
    assert not Path("/tmp/evil").exists()


def test_an_interrupted_load_leaves_nothing(
    cli: Cli, maker: Maker, expect_nothing_here: Callable[[], None], engine: PrivateEngine, namespace: str
) -> None:
    archive = maker.named("stack:1", maker.stack(20))
    loading = cli.start("load", stdin=subprocess.PIPE)
    assert loading.stdin is not None
    loading.stdin.write(archive[: len(archive) // 2])
    loading.stdin.flush()
    eventually(lambda: engine.ctr("leases", "ls", "-q", namespace=namespace).stdout != "")
    eventually(lambda: engine.ctr("content", "ls", "-q", namespace=namespace).stdout != "")
    loading.send_signal(signal.SIGINT)
    assert loading.wait(timeout=20) == -signal.SIGINT
    loading.communicate()
    expect_nothing_here()


def test_what_a_killed_load_leaves_goes_with_the_next_command(
    cli: Cli, maker: Maker, expect_nothing_here: Callable[[], None], engine: PrivateEngine, namespace: str
) -> None:
    archive = maker.named("stack:1", maker.stack(20))
    loading = cli.start("load", stdin=subprocess.PIPE)
    assert loading.stdin is not None
    loading.stdin.write(archive[: len(archive) // 2])
    loading.stdin.flush()
    eventually(lambda: engine.ctr("content", "ls", "-q", namespace=namespace).stdout != "")
    loading.kill()
    loading.communicate()
    assert engine.ctr("leases", "ls", "-q", namespace=namespace).stdout != ""
    cli.ok("ps")
    expect_nothing_here()


def test_several_at_once_get_along(cli: Cli, maker: Maker) -> None:
    archive = maker.layout.folder / "archive.tar"
    archive.write_bytes(maker.named("stack:1", maker.stack(10)))
    running = [cli.start("load", "-i", archive) for _ in range(4)]
    assert [one.communicate()[0].decode() for one in running] == ["Loaded image: stack:1\n"] * 4
    assert cli.ok(*RUN, "stack:1", "cat", "/layer").line == "10"


def test_an_archive_is_wanted(cli: Cli, pty_cli: PtyCli, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    table = {
        ("load",): (1, "stdin is empty"),
        ("load", "-i", "missing.tar"): (1, 'cannot open "missing.tar": no such file'),
        ("load", "-i", "empty"): (1, "the archive is empty"),
        ("load", "-i", "/"): (1, '"/" is a folder'),
        ("load", "-i", "empty", "--platform", "x/y/z/z"): (1, "is malformed"),
        ("load", "-i", "empty", "--all-platforms", "--platform", "linux"): (125, "exclude each other"),
        ("load", "a.tar"): (1, "takes no arguments"),
    }
    for words, (code, text) in table.items():
        done = cli(*words)
        assert (done.code, text in done.err) == (code, True), str(done)
    terminal = pty_cli("load")
    terminal.expect("stdin is a terminal")
    assert terminal.finish() == 1
