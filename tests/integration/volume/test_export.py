"""volume export and import: what a volume holds goes out and in again, whoever interferes."""

import bz2
import gzip
import io
import lzma
import os
import stat
import subprocess
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

HOLE = 8 << 20


def data_of(cli: Cli, name: str) -> Path:
    return Path(cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", name).line)


def furnish(folder: Path) -> None:
    """One of everything."""
    (folder / "sub/deep").mkdir(parents=True)
    (folder / "sub/deep").chmod(0o1777)
    (folder / "file").write_text("text\n")
    os.chown(folder / "file", 1000, 7)
    (folder / "file").chmod(0o4750)
    os.link(folder / "file", folder / "sub/twin")
    (folder / "sub/link").symlink_to("/etc/passwd")
    os.mknod(folder / "null", stat.S_IFCHR | 0o640, os.makedev(1, 3))
    os.mkfifo(folder / "pipe", 0o600)
    with (folder / "holes").open("wb") as file:
        file.seek(HOLE)
        file.write(b"end")
    for name in ("user.colour", "security.capability"):
        value = b"\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0" if name.startswith("security") else b"\xffblue"
        os.setxattr(folder / "holes", name, value)
    os.chown(folder, 12, 34)
    folder.chmod(0o2770)


def described(folder: Path) -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        one = path.lstat()
        content: object = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        content = os.readlink(path) if path.is_symlink() else content
        names = () if path.is_symlink() else sorted(os.listxattr(path))
        marks = tuple((name, os.getxattr(path, name)) for name in names)
        links = one.st_nlink if path.is_file() else 0
        key = str(path.relative_to(folder))
        found[key] = (
            one.st_mode,
            one.st_uid,
            one.st_gid,
            one.st_rdev,
            int(one.st_mtime),
            links,
            content,
            marks,
        )
    return found


def test_everything_comes_back_as_it_was(cli: Cli, tmp_path: Path) -> None:
    for name in ("old", "new", "piped"):
        cli.ok("volume", "create", name)
    furnish(data_of(cli, "old"))
    before = described(data_of(cli, "old"))
    cli.ok("volume", "export", "old", "-o", tmp_path / "archive.tar")
    assert (tmp_path / "archive.tar").stat().st_size < HOLE / 2
    assert stat.S_IMODE((tmp_path / "archive.tar").stat().st_mode) == 0o600
    with tarfile.open(tmp_path / "archive.tar") as archive:
        assert archive.getmember("./holes").size == HOLE + 3
    cli.ok("volume", "import", "new", tmp_path / "archive.tar")
    assert described(data_of(cli, "new")) == before
    assert (data_of(cli, "new") / "holes").stat().st_blocks * 512 < HOLE / 2
    assert (data_of(cli, "new") / "file").samefile(data_of(cli, "new") / "sub/twin")
    cli.ok("volume", "import", "piped", stdin=cli.ok("volume", "export", "new").stdout)
    assert described(data_of(cli, "piped")) == before


def archive_of(**files: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-c", "-q"], input=data, stdout=subprocess.PIPE, check=True).stdout


def test_packed_archives_are_merged_and_broken_ones_change_nothing(cli: Cli, tmp_path: Path) -> None:
    cli.ok("volume", "create", "data")
    data = data_of(cli, "data")
    one = archive_of(a="1", b="1")
    broken = tmp_path / "broken.gz"
    broken.write_bytes(gzip.compress(one)[:-9])
    for source in (broken, Path(__file__)):
        refused = cli("volume", "import", "data", source)
        assert (refused.code, "broken" in refused.err) == (1, True), str(refused)
        assert os.listdir(data) == []
        assert sorted(os.listdir(data.parent)) == ["_data", "volume.json"]
    cli.ok("volume", "import", "data", "-", stdin=one)
    packers: list[Callable[[bytes], bytes]] = [gzip.compress, bz2.compress, lzma.compress, zstd]
    for number, pack in enumerate(packers):
        cli.ok("volume", "import", "data", stdin=pack(archive_of(b=f"{number}", **{f"c{number}": "x"})))
        assert (data / "b").read_text() == f"{number}"
    assert sorted(os.listdir(data)) == ["a", "b", "c0", "c1", "c2", "c3"]


def test_an_archive_without_an_end_is_taken_with_a_warning_but_not_half_an_export(cli: Cli) -> None:
    for name in ("data", "copy"):
        cli.ok("volume", "create", name)
    done = cli.ok("volume", "import", "data", stdin=archive_of(a="1", b="1")[:1024])
    assert done.err == "warning: the archive lacks the zero blocks at its end: it may have been cut off\n"
    assert (data_of(cli, "data") / "a").read_text() == "1"
    exported = cli.ok("volume", "export", "data").stdout
    refused = cli("volume", "import", "copy", stdin=exported[:-1024])
    assert (refused.code, "it is cut off" in refused.err) == (1, True), str(refused)
    assert os.listdir(data_of(cli, "copy")) == []


def test_an_archive_does_not_lead_out_of_the_volume(cli: Cli, tmp_path: Path) -> None:
    cli.ok("volume", "create", "data")
    (data_of(cli, "data") / "out").symlink_to(tmp_path)
    assert cli("volume", "import", "data", stdin=archive_of(**{"../up": "x"})).code == 1
    cli("volume", "import", "data", stdin=archive_of(**{"out/file": "x"}))
    assert list(tmp_path.glob("*/up")) + list(tmp_path.glob("file")) == []
    assert not (data_of(cli, "data").parent / "up").exists()


def test_links_that_are_swapped_meanwhile_lead_nowhere(cli: Cli, tmp_path: Path) -> None:
    """podman's CVE-2023-0778."""
    cli.ok("volume", "create", "data")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/secret").write_text("of the host")
    data = data_of(cli, "data")
    for number in range(40):
        (data / f"folder{number}").mkdir()
        (data / f"folder{number}/secret").write_text("of the volume")
    is_over = threading.Event()

    def swap() -> None:
        (data / "link").symlink_to(tmp_path / "secrets")
        os.rename(data / "folder20", data / "away")
        while not is_over.is_set():
            os.rename(data / "link", data / "folder20")
            os.rename(data / "folder20", data / "link")
            os.rename(data / "away", data / "folder20")
            os.rename(data / "folder20", data / "away")

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        for _ in range(3):
            archive = cli.ok("volume", "export", "data").stdout
            assert b"of the host" not in archive
            assert b"of the volume" in archive
    finally:
        is_over.set()
        swapper.join()


def test_nobody_removes_a_volume_that_waits_for_its_archive(cli: Cli) -> None:
    cli.ok("volume", "create", "data")
    folder = data_of(cli, "data").parent
    lock = f":{folder.stat().st_ino} "
    running = cli.start("volume", "import", "data", "-", stdin=subprocess.PIPE)
    eventually(lambda: lock in Path("/proc/locks").read_text())
    refused = cli("volume", "rm", "data")
    assert (refused.code, "volume is in use" in refused.err) == (1, True), str(refused)
    running.communicate(archive_of(file="whole"), timeout=30)
    assert running.returncode == 0
    assert (folder / "_data/file").read_text() == "whole"


def test_what_is_missing_is_told(cli: Cli, tmp_path: Path) -> None:
    cli.ok("volume", "create", "data")
    for words, told in (
        (("export", "missing"), "no such volume: missing"),
        (("export", "missing", "-o", str(tmp_path / "out")), "no such volume: missing"),
        (("export", "data", "-o", str(tmp_path / "no/out")), "does not exist"),
        (("import", "missing", "-"), "no such volume: missing"),
        (("import", "data", str(tmp_path / "none")), "no such file"),
        (("import", "data", str(tmp_path)), f'cannot read "{tmp_path}": is a directory'),
        (("import", "data", str(tmp_path)), "is a directory"),
    ):
        refused = cli("volume", *words, stdin=b"")
        assert (refused.code, told in refused.err) == (1, True), str(refused)
    assert list(tmp_path.glob("out*")) == []
