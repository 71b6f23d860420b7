"""`nerdpy save`: the archive is whole or not there, and every tool reads it."""

import io
import json
import signal
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.integration.conftest import AddImage, PtyCli
from tests.integration.image.archives import Maker, manifest_of, members
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import FOREIGN, own_platform


def skopeo(*words: str) -> str:
    done = subprocess.run(["skopeo", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_archive_has_dockers_manifest_and_every_blob_once(
    cli: Cli, busybox_image: str, add_image: AddImage
) -> None:
    cli.ok("tag", "busybox", "again:1")
    add_image("odd:layers")  # stands on the same first layer
    saved = cli.ok("save", "busybox", "again:1", "odd:layers").stdout
    entries = {tuple(entry["RepoTags"]): entry for entry in manifest_of(saved)}
    assert set(entries) == {("busybox:latest", "again:1"), ("odd:layers",)}
    files = members(saved)
    for entry in entries.values():
        assert {entry["Config"], *entry["Layers"]} <= set(files)
    with tarfile.open(fileobj=io.BytesIO(saved)) as tar:
        assert len(tar.getnames()) == len(set(tar.getnames()))
    names = [
        one["annotations"]["io.containerd.image.name"] for one in json.loads(files["index.json"])["manifests"]
    ]
    assert names == [f"docker.io/library/{name}" for name in ("busybox:latest", "again:1", "odd:layers")]
    assert json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    assert cli.ok("save", "busybox", "again:1", "odd:layers").stdout == saved


@pytest.mark.parametrize("tool", ["docker-archive", "oci-archive"])
def test_skopeo_reads_what_was_saved(cli: Cli, busybox_image: str, tmp_path: Path, tool: str) -> None:
    cli.ok("save", "-o", "saved.tar", "busybox")
    name = "busybox:latest" if tool == "docker-archive" else "latest"
    copied = tmp_path / "copy"
    skopeo("copy", f"{tool}:{tmp_path}/saved.tar:{name}", f"dir:{copied}")
    config = json.loads((copied / "manifest.json").read_text())["config"]["digest"]
    expected = cli.ok("image", "inspect", "-f", "{{.Id}}", "busybox").line
    assert config == expected
    assert skopeo("inspect", "--config", f"{tool}:{tmp_path}/saved.tar:{name}")


def test_a_repository_means_all_its_tags_and_an_id_no_name(cli: Cli, busybox_image: str) -> None:
    cli.ok("tag", "busybox", "many/tags:1")
    cli.ok("tag", "busybox", "many/tags:2")
    assert [entry["RepoTags"] for entry in manifest_of(cli.ok("save", "many/tags").stdout)] == [
        ["many/tags:1", "many/tags:2"]
    ]
    image_id = cli.ok("images", "-q", "busybox").line
    saved = cli.ok("save", image_id).stdout
    assert [entry["RepoTags"] for entry in manifest_of(saved)] == [None]
    assert b"annotations" not in members(saved)["index.json"]


def test_platforms_are_chosen(cli: Cli, maker: Maker) -> None:
    own, foreign = own_platform(), FOREIGN[own_platform()]
    cli.ok("load", stdin=maker.named("both:1", maker.two_platforms()))

    def architectures(*flags: str) -> list[str]:
        files = members(cli.ok("save", *flags, "both:1").stdout)
        configs = [
            json.loads(data) for name, data in files.items() if data.startswith(b"{") and b"rootfs" in data
        ]
        return sorted(f"{config['os']}/{config['architecture']}" for config in configs)

    assert architectures() == architectures("--all-platforms") == sorted([own, foreign])
    assert architectures("--platform", f"{own},{foreign}") == sorted([own, foreign])
    assert architectures("--platform", foreign) == [foreign]
    (entry,) = manifest_of(cli.ok("save", "--platform", foreign, "both:1").stdout)
    assert len(entry["Layers"]) == 1
    missing = cli("save", "--platform", "linux/s390x", "both:1")
    assert missing.code == 1
    assert "is not here for platform linux/s390x" in missing.err


def test_content_that_is_not_here_is_told_before_anything_is_written(
    cli: Cli, busybox_image: str, tmp_path: Path
) -> None:
    """The image's index names two platforms, of which one was fetched."""
    foreign = FOREIGN[own_platform()]
    assert cli.ok("save", "busybox").code == 0
    for flags in (["--all-platforms"], ["--platform", foreign]):
        done = cli("save", "-o", "saved.tar", *flags, "busybox")
        assert done.code == 1
        assert f"lacks content for platform {foreign}" in done.err
        assert not (tmp_path / "saved.tar").exists()


def test_a_layer_that_is_not_here_is_told(
    cli: Cli, busybox_image: str, engine: PrivateEngine, namespace: str
) -> None:
    layer = manifest_of(cli.ok("save", "busybox").stdout)[0]["Layers"][0].rpartition("/")[2]
    engine.ctr("content", "rm", f"sha256:{layer}", namespace=namespace)
    done = cli("save", "busybox")
    assert done.code == 1
    assert done.stdout == b""
    assert "its content was not fetched" in done.err


def test_a_file_is_kept_until_the_new_one_is_whole(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "none", small], check=True)
    try:
        (small / "saved.tar").write_text("before")
        done = cli("save", "-o", small / "saved.tar", "busybox")
        assert done.code == 1
        assert "no space left on device" in done.err
        assert (small / "saved.tar").read_text() == "before"
        assert [path.name for path in small.iterdir()] == ["saved.tar"]
    finally:
        subprocess.run(["umount", small], check=True)
    saved = tmp_path / "saved.tar"
    saved.write_text("before")
    cli.ok("save", "-o", saved, "busybox")
    assert manifest_of(saved.read_bytes())
    assert saved.stat().st_mode & 0o777 == 0o600


def test_an_interrupt_ends_it(cli: Cli, busybox_image: str) -> None:
    saving = cli.start("save", "busybox")
    assert saving.stdout is not None
    assert saving.stdout.read(1000)  # the pipe is full behind it
    saving.send_signal(signal.SIGINT)
    assert saving.wait(timeout=20) == -signal.SIGINT
    saving.communicate()


def test_a_reader_that_goes_away_is_no_fault_of_ours(cli: Cli, busybox_image: str) -> None:
    saving = cli.start("save", "busybox")
    assert saving.stdout is not None
    assert saving.stdout.read(1000)
    saving.stdout.close()
    assert saving.wait(timeout=20) != 0
    assert saving.stderr is not None
    assert b"Traceback" not in saving.stderr.read()
    saving.stderr.close()


def test_what_cannot_be_is_refused(cli: Cli, pty_cli: PtyCli, busybox_image: str, tmp_path: Path) -> None:
    table = {
        ("save", "nothing"): (1, "No such image: nothing"),
        ("save",): (1, "needs at least 1 argument"),
        ("save", "-o", "/nonexistent/x", "busybox"): (1, 'directory "/nonexistent" does not exist'),
        ("save", "-o", str(tmp_path), "busybox"): (1, "is not a regular file"),
        ("save", "--platform", "a/b/c/d", "busybox"): (1, 'platform "a/b/c/d" is malformed'),
        ("save", "--platform", "linux", "--all-platforms", "busybox"): (125, "exclude each other"),
    }
    for words, (code, text) in table.items():
        done = cli(*words)
        assert (done.code, text in done.err) == (code, True), str(done)
    terminal = pty_cli("save", "busybox")
    terminal.expect("refusing to write an archive to a terminal")
    assert terminal.finish() == 1
