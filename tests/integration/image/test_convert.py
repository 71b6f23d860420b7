"""`nerdpy image convert`, `encrypt` and `decrypt`: another image, of which containers run as before."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hack.images.layout import Tree
from tests.integration.conftest import AddImage
from tests.integration.image.archives import CHECK_ODD, ODD_SAYS, Maker, members
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import FOREIGN, own_platform

RUN = ("run", "--rm", "--network", "none")
FORMS = {
    "--uncompress": "application/vnd.oci.image.layer.v1.tar",
    "--zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
    "--estargz": "application/vnd.oci.image.layer.v1.tar+gzip",
    "--zstdchunked": "application/vnd.oci.image.layer.v1.tar+zstd",
}


def manifests(cli: Cli, name: str) -> list[dict[str, Any]]:
    files = members(cli.ok("save", name).stdout)
    return [json.loads(data) for data in files.values() if data[:1] == b"{" and b'"layers":' in data]


def media_types(cli: Cli, name: str) -> set[str]:
    return set(re.findall(r"application/vnd[^\"]*", json.dumps(manifests(cli, name))))


@pytest.mark.parametrize("form", FORMS)
def test_layers_get_another_form_and_hold_the_same_files(cli: Cli, maker: Maker, form: str) -> None:
    cli.ok("load", stdin=maker.named("odd:1", maker.odd()))
    before = cli.ok("image", "inspect", "-f", "{{json .RootFS}}", "odd:1").line
    digest = cli.ok("image", "convert", form, "odd:1", "converted:1").line
    assert cli.ok("images", "-q", "--no-trunc", "converted:1").line == digest
    assert {kind for kind in media_types(cli, "converted:1") if "layer" in kind} == {FORMS[form]}
    after = cli.ok("image", "inspect", "-f", "{{json .RootFS}}", "converted:1").line
    assert (after == before) == (form != "--estargz")
    cli.ok("rmi", "odd:1")
    assert cli.ok(*RUN, "converted:1", "sh", "-c", CHECK_ODD).line == ODD_SAYS


def test_a_zstd_image_becomes_a_plain_one(cli: Cli, maker: Maker) -> None:
    cli.ok("load", stdin=maker.named("odd:1", maker.odd(maker.zstd_layer)))
    cli.ok("image", "convert", "--uncompress", "odd:1", "plain:1")
    cli.ok("rmi", "odd:1")
    assert cli.ok(*RUN, "plain:1", "sh", "-c", CHECK_ODD).line == ODD_SAYS


@pytest.mark.parametrize(("flag", "program_flag"), [("--estargz", []), ("--zstdchunked", ["--zstdchunked"])])
def test_another_reader_finds_the_table_of_contents(
    cli: Cli, engine: PrivateEngine, busybox_image: str, namespace: str, flag: str, program_flag: list[str]
) -> None:
    if not shutil.which("ctr-remote"):
        pytest.skip("ctr-remote (package stargz-snapshotter) is not installed")
    cli.ok("image", "convert", flag, "busybox", "lazy:1")
    (layer,) = manifests(cli, "lazy:1")[0]["layers"]
    words = ["ctr-remote", "-a", engine.address, "-n", namespace, "images", "get-toc-digest", *program_flag]
    read = subprocess.run([*words, layer["digest"]], capture_output=True, text=True, check=True).stdout
    assert read.strip() == layer["annotations"]["containerd.io/snapshot/stargz/toc.digest"]


def test_media_types_are_turned_into_ocis(cli: Cli, add_image: AddImage) -> None:
    add_image("odd:schema2")
    assert all("docker" in kind for kind in media_types(cli, "odd:schema2"))
    cli.ok("image", "convert", "--oci", "odd:schema2", "oci:1", "oci:2")
    assert media_types(cli, "oci:2") == {
        f"application/vnd.oci.image.{what}.v1{kind}"
        for what, kind in (("manifest", "+json"), ("config", "+json"), ("layer", ".tar+gzip"))
    }
    cli.ok("image", "convert", "--uncompress", "odd:schema2", "docker:1")
    assert "application/vnd.docker.image.rootfs.diff.tar" in media_types(cli, "docker:1")
    assert cli.ok(*RUN, "oci:1", "echo", "runs").line == cli.ok(*RUN, "docker:1", "echo", "runs").line


def test_platforms_are_chosen(cli: Cli, maker: Maker) -> None:
    own, foreign = own_platform(), FOREIGN[own_platform()]
    cli.ok("load", stdin=maker.named("both:1", maker.two_platforms()))
    shown = cli.ok(
        "image", "convert", "--zstd", "--all-platforms", "--format", "json", "both:1", "both:2"
    ).json
    digest = cli.ok("images", "-q", "--no-trunc", "both:2").line
    assert shown == {"Image": f"docker.io/library/both:2@{digest}", "ExtraImages": []}
    assert len(manifests(cli, "both:2")) == 2
    cli.ok("image", "convert", "--platform", foreign, "both:1", "one:1")
    assert len(manifests(cli, "one:1")) == 1
    missing = cli("save", "--platform", own, "one:1")
    assert "is not here for platform" in missing.err


def test_a_conversion_that_fails_leaves_nothing(
    cli: Cli, maker: Maker, engine: PrivateEngine, namespace: str
) -> None:
    layer = maker.layout.layer(Tree())
    liar = type(layer)(layer.descriptor, "sha256:" + "5" * 64)
    target = maker.layout.image([liar], {}, platform=FOREIGN[own_platform()])  # never unpacked here
    cli.ok("load", stdin=maker.named("liar:1", maker.layout.index([target])))
    before = engine.ctr("content", "ls", "-q", namespace=namespace).stdout
    done = cli("image", "convert", "--uncompress", "liar:1", "converted:1")
    assert done.code == 1
    assert "is not what its config says" in done.err
    assert engine.ctr("content", "ls", "-q", namespace=namespace).stdout == before
    assert cli("image", "inspect", "converted:1").code == 1


REFUSED = {
    ("--zstd", "--estargz"): (125, "--estargz and --zstd exclude each other"),
    ("--soci", "--uncompress"): (125, "exclude each other"),
    ("--zstd-compression-level", "5"): (125, "--zstd-compression-level goes with --zstd"),
    ("--zstd", "--zstd-compression-level", "23"): (125, "must be between 1 and 22"),
    ("--estargz", "--estargz-compression-level", "10"): (125, "must be between 0 and 9"),
    ("--nydus-work-dir", "/tmp"): (125, "--nydus-work-dir goes with --nydus"),
    ("--erofs", "gzip"): (125, "gzip"),
    ("--nydus", "--nydus-builder-path", "no-nydus"): (1, '"no-nydus" is not installed'),
    ("--overlaybd",): (1, '"overlaybd-create" is not installed'),
    ("--platform", "linux", "--all-platforms"): (125, "exclude each other"),
    ("--all-platforms",): (1, "lacks content for platform"),
}


def test_what_cannot_be_is_refused(cli: Cli, busybox_image: str) -> None:
    for flags, (code, text) in REFUSED.items():
        done = cli("image", "convert", *flags, "busybox", "converted:1")
        assert (done.code, text in done.err) == (code, True), str(done)
    table = {
        ("image", "convert", "busybox"): (1, "at least 2 arguments"),
        ("image", "convert", "nothing", "converted:1"): (1, "No such image: nothing"),
        ("image", "convert", "busybox", "Upper"): (1, "must be lowercase"),
        ("image", "convert", "busybox", f"a@sha256:{'1' * 64}"): (1, "cannot be named by a digest"),
        ("image", "encrypt", "busybox", "secret:1"): (1, "no recipient is named"),
        ("image", "encrypt", "--recipient", "x", "busybox", "secret:1"): (1, 'recipient "x" is malformed'),
        ("image", "decrypt", "--key", "missing.pem", "busybox", "secret:1"): (
            1,
            'no such key: "missing.pem"',
        ),
        ("image", "decrypt", "--gpg-version", "v3", "busybox", "secret:1"): (125, "v3"),
    }
    for words, (code, text) in table.items():
        done = cli(*words)
        assert (done.code, text in done.err) == (code, True), str(done)
    assert cli.ok("images", "-q").lines == cli.ok("images", "-q", "busybox").lines


def test_a_program_that_is_missing_is_named(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    """With a PATH on which there is nothing but the engine's tools of nerdpy itself."""
    key = tmp_path / "key.pem"
    key.touch()
    bare = cli.with_env(PATH=str(tmp_path))
    table = {
        ("convert", "--zstd"): '"zstd" is not installed',
        ("convert", "--soci"): '"soci" is not installed',
        ("convert", "--erofs", "raw"): '"mkfs.erofs" is not installed',
        ("convert", "--estargz", "--estargz-gzip-helper", "igzip"): '"igzip" is not installed',
        ("encrypt", "--recipient", f"jwe:{key}"): '"ctr-enc" is not installed',
    }
    for words, text in table.items():
        done = bare("image", *words, "busybox", "converted:1")
        assert (done.code, text in done.err) == (1, True), str(done)


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_erofs_layers_are_what_mkfs_makes(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    """A double of mkfs.erofs, which only the newest distributions have: its image is the archive itself."""
    program(tmp_path, "mkfs.erofs", 'echo "$@" > arguments; for file; do :; done; cat > "$file"')
    doubled = cli.with_env(PATH=f"{tmp_path}:{cli.environment['PATH']}")
    before = cli.ok("image", "inspect", "-f", "{{json .RootFS.Layers}}", "busybox").line
    for form, kind in (("raw", ""), ("zstd", "+zstd")):
        doubled.ok("image", "convert", "--erofs", form, "--erofs-compressors", "lz4hc", "busybox", "erofs:1")
        assert f"application/vnd.erofs.layer.v1{kind}" in media_types(cli, "erofs:1")
        assert cli.ok("image", "inspect", "-f", "{{json .RootFS.Layers}}", "erofs:1").line == before
    assert (tmp_path / "arguments").read_text().startswith("--quiet --tar=f --aufs -Enoinline_data -zlz4hc ")
    program(tmp_path, "mkfs.erofs", "echo cannot read tar >&2; exit 3")
    failed = doubled("image", "convert", "--erofs", "raw", "busybox", "erofs:2")
    assert (failed.code, "mkfs.erofs failed: cannot read tar" in failed.err) == (1, True)


def test_soci_is_told_what_to_convert(
    cli: Cli, busybox_image: str, engine: PrivateEngine, namespace: str, tmp_path: Path
) -> None:
    """A double of soci, whose newer versions can convert."""
    tag = f"ctr -a {engine.address} -n {namespace} images tag docker.io/library/busybox:latest"
    program(tmp_path, "soci", f'echo "$@" > arguments; {tag} docker.io/library/with-soci:1')
    doubled = cli.with_env(PATH=f"{tmp_path}:{cli.environment['PATH']}")
    flags = ("--soci-span-size", "4096", "--platform", own_platform())
    doubled.ok("image", "convert", "--soci", *flags, "busybox", "with-soci:1", "with-soci:2")
    expected = (
        f"--address {engine.address} --namespace {namespace} convert --platform {own_platform()} "
        "--span-size 4096 docker.io/library/busybox:latest docker.io/library/with-soci:1"
    )
    assert (tmp_path / "arguments").read_text().strip() == expected
    assert len(cli.ok("images", "-q", "with-soci").lines) == 2
    program(tmp_path, "soci", "echo No help topic for convert; exit 3")
    failed = doubled("image", "convert", "--soci", "busybox", "with-soci:3")
    assert (failed.code, "soci failed: No help topic for convert" in failed.err) == (1, True)


def test_an_encrypted_image_is_read_with_its_key_alone(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    if not shutil.which("ctr-imgcrypt") and not shutil.which("ctr-enc"):
        pytest.skip("imgcrypt is not installed")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)

    openssl("genrsa", "-out", "key.pem", "2048")
    openssl("rsa", "-in", "key.pem", "-pubout", "-out", "public.pem")
    locking = ("-aes256", "-traditional", "-passout", "pass:secret")
    openssl("rsa", "-in", "key.pem", *locking, "-out", "locked.pem")
    cli.ok("image", "encrypt", "--recipient", "jwe:public.pem", "busybox", "secret:1")
    assert any(kind.endswith("+encrypted") for kind in media_types(cli, "secret:1"))
    saved = cli.ok("save", "secret:1").stdout
    cli.ok("rmi", "busybox", "secret:1")
    loaded = cli.ok("load", stdin=saved)
    assert "secret:1 is encrypted, and is not unpacked" in loaded.err
    assert cli(*RUN, "secret:1", "true").code == 125
    wrong = cli("image", "decrypt", "--key", "locked.pem:wrong", "secret:1", "open:1")
    assert wrong.code == 1
    assert "Wrong password" in wrong.err
    cli.ok("image", "decrypt", "--key", "locked.pem:secret", "secret:1", "open:1", "open:2")
    assert cli.ok(*RUN, "open:2", "echo", "read").line == "read"
