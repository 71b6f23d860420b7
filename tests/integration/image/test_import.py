"""`nerdpy import`: a filesystem becomes an image of one layer."""

import bz2
import gzip
import lzma
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hack.images.layout import Tree
from tests.integration.image.archives import Maker, raw
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import FOREIGN, own_platform

RUN = ("run", "--rm", "--network", "none")


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout


def same(data: bytes) -> bytes:
    return data


@pytest.fixture
def rootfs(maker: Maker) -> bytes:
    """busybox's files, not packed."""
    return gzip.decompress(maker.layout.read(maker.root.descriptor))


@pytest.mark.parametrize("pack", [same, gzip.compress, zstd, bz2.compress, lzma.compress])
def test_an_archive_becomes_an_image(
    cli: Cli, rootfs: bytes, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    (tmp_path / "root.tar").write_bytes(pack(rootfs))
    assert cli.ok("import", "root.tar", "made:1").line == "docker.io/library/made:1"
    assert cli.ok(*RUN, "made:1", "echo", "it runs").line == "it runs"
    kind = "zstd" if pack is zstd else "gzip"
    native = cli.ok("image", "inspect", "--mode", "native", "made:1").out
    assert f"application/vnd.oci.image.layer.v1.tar+{kind}" in native
    assert cli.ok("history", "--format", "{{.Comment}}", "made:1").line == "Imported from root.tar"


def test_standard_input_a_message_and_changes(cli: Cli, rootfs: bytes) -> None:
    changes = ('CMD ["sh", "-c", "echo $COLOUR in $PWD"]', "ENV COLOUR=blue", "WORKDIR /bin", "LABEL a=b")
    flags = [word for change in changes for word in ("--change", change)]
    name = cli.ok("import", *flags, "-m", "by hand", "-", stdin=rootfs).line
    assert name.startswith("docker.io/library/import-20")
    assert cli.ok(*RUN, name).line == "blue in /bin"
    assert cli.ok("history", "--format", "{{.Comment}}", name).line == "by hand"
    assert cli.ok("image", "inspect", "-f", "{{.Config.Labels.a}}", name).line == "b"


def test_an_archive_of_another_platform(cli: Cli, rootfs: bytes) -> None:
    foreign = FOREIGN[own_platform()]
    cli.ok("import", "--platform", foreign, "-", "foreign:1", stdin=rootfs)
    assert cli.ok("image", "inspect", "-f", "{{.Os}}/{{.Architecture}}", "foreign:1").line == foreign


def test_what_a_container_exported_comes_back(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    cli.ok("run", "--name", "source", "--network", "none", "busybox", "sh", "-c", "echo kept > /file")
    cli.ok("export", "-o", "root.tar", "source")
    cli.ok("import", "root.tar", "back")
    assert cli.ok(*RUN, "back", "cat", "/file").line == "kept"


def test_an_archive_of_images_is_loaded(cli: Cli, maker: Maker) -> None:
    archive = maker.named("docker.io/library/inside:1", maker.stack(2))
    assert cli.ok("import", "-", stdin=archive).line == "docker.io/library/inside:1"
    assert cli.ok("import", "-", "other:1", stdin=gzip.compress(archive)).line == "docker.io/library/other:1"
    assert cli.ok(*RUN, "other:1", "cat", "/layer").line == "2"
    refused = cli("import", "-c", "CMD x", "-", stdin=archive)
    assert refused.code == 1
    assert "this is an archive of images" in refused.err


# --- what is hostile ---
def through_a_link(tree: Tree) -> None:
    tree.link("a", "/tmp")
    tree.file("a/evil", "x")


HOSTILE: dict[str, Callable[[Tree], object]] = {
    "a path out of it": lambda tree: tree.file("../../../../tmp/evil", "x"),
    "an absolute path": lambda tree: raw(tree, "/tmp/evil", tarfile.REGTYPE),
    "through a link": through_a_link,
    "a hard link out of it": lambda tree: raw(tree, "evil", tarfile.LNKTYPE, "../../../../etc/shadow"),
    "a long way up": lambda tree: tree.file("x/" + "../" * 30 + "tmp/evil", "x"),
}


def test_hostile_files_stay_inside(cli: Cli, rootfs: bytes, maker: Maker) -> None:
    """As for any layer: containerd makes the files below the snapshot's root, or refuses."""
    for name, add in HOSTILE.items():
        tree = Tree()
        add(tree)
        done = cli("import", "-", "evil:1", stdin=rootfs[: -rootfs_end(rootfs)] + tree.tar())
        assert not Path("/tmp/evil").exists(), name
        assert "Traceback" not in done.err
        if done.code == 0:
            shadow = cli.ok(*RUN, "evil:1", "sh", "-c", "cat /evil /etc/shadow 2>/dev/null; true").out
            assert "root:" not in shadow, name


def rootfs_end(data: bytes) -> int:
    """How many zeros stand at the end of an archive."""
    return len(data) - (len(data.rstrip(b"\0")) + 511) // 512 * 512


def test_what_is_no_archive_leaves_nothing(
    cli: Cli, rootfs: bytes, engine: PrivateEngine, namespace: str
) -> None:
    table = {
        b"": "the archive is empty",
        b"just a text": "no tar archive",
        b"nonsense" * 1000: "no tar archive",
        rootfs[:100_000]: "no tar archive",
        gzip.compress(rootfs)[:100_000]: "no tar archive",
        lzma.compress(rootfs)[:100_000]: "the xz stream is broken",
    }
    for data, words in table.items():
        done = cli("import", "-", stdin=data)
        assert (done.code, words in done.err) == (1, True), str(done)
    assert engine.ctr("content", "ls", "-q", namespace=namespace).stdout == ""
    assert engine.ctr("images", "ls", "-q", namespace=namespace).stdout == ""


def test_flags_are_checked_before_anything_is_read(cli: Cli) -> None:
    table = {
        ("import", "missing.tar"): (1, 'cannot open "missing.tar"'),
        ("import", "-", "Upper"): (1, "must be lowercase"),
        ("import", "-", f"a@sha256:{'1' * 64}"): (1, "cannot be named by a digest"),
        ("import", "-c", "RUN x", "-"): (1, "RUN is not a valid change command"),
        ("import", "--platform", "a/b/c/d", "-"): (1, "is malformed"),
        ("import", "--platform", "linux/amd64,linux/arm64", "-"): (125, "has one platform"),
        ("import",): (1, "needs at least 1 argument"),
    }
    for words, (code, text) in table.items():
        done = cli(*words)
        assert (done.code, text in done.err) == (code, True), str(done)


# --- from the web ---
@contextmanager
def serving(answers: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """A web server: path -> (status, headers, body)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for key, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_address_is_fetched_through_redirects(cli: Cli, rootfs: bytes) -> None:
    packed = gzip.compress(rootfs)
    answers = {
        "/root.tar.gz": (200, {}, packed),
        "/moved": (302, {"Location": "/root.tar.gz"}, b""),
        "/encoded": (200, {"Content-Encoding": "gzip"}, packed),
    }
    with serving(answers) as address:
        cli.ok("import", f"{address}/moved", "web:1")
        cli.ok("import", f"{address}/encoded", "web:2")
    assert cli.ok(*RUN, "web:1", "echo", "fetched").line == "fetched"


def test_an_address_that_does_not_deliver_is_refused(cli: Cli, rootfs: bytes, tls_registry: object) -> None:
    answers = {
        "/file": (302, {"Location": "file:///etc/passwd"}, b""),
        "/loop": (302, {"Location": "/loop"}, b""),
        "/cut": (200, {"Content-Length": str(len(rootfs))}, rootfs[:100_000]),
    }
    with serving(answers) as address:
        table = {
            "/file": "redirects to what is not the URL of a server",
            "/loop": "redirects without end",
            "/cut": "broke off",
            "/missing": "answers with status 404",
        }
        for path, words in table.items():
            done = cli("import", f"{address}{path}", "web:1")
            assert (done.code, words in done.err) == (1, True), str(done)
    assert "cannot fetch" in cli("import", f"{address}/gone", "web:1").err
    untrusted = cli("import", "https://127.0.0.1:5002/v2/", "web:1")
    assert 'the certificate of server "127.0.0.1:5002" is not trusted' in untrusted.err
    assert cli.ok("images", "-q").lines == []
