"""Tar streams out of folders, and into folders below a root."""

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.linux.tar_header import MOST
from nerdpy.linux.tar_read import Unpacking, unpack
from nerdpy.linux.tar_write import TarStream
from nerdpy.linux.tree import remove_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/big").write_bytes(os.urandom(200_001))
    (folder / "small").write_text("s")
    os.link(folder / "small", folder / "twin")
    (folder / "link").symlink_to("small")
    os.mkfifo(folder / "pipe")
    (folder / ("long" * 60)).touch()
    os.utime(folder / "small", (1e9, 1e9))
    return folder


def streamed(folder: Path, name: str = "") -> bytes:
    handle, archive = os.open(folder, os.O_PATH), folder.parent / "archive"
    with archive.open("wb") as out:
        stream = TarStream(out.fileno())
        if name:
            stream.add(handle, name)
        else:
            stream.add_contents(handle)
        stream.finish()
    os.close(handle)
    return archive.read_bytes()


def test_another_implementation_reads_what_is_written(tree: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(streamed(tree, "t"))) as archive:
        members = {member.name: member for member in archive.getmembers()}
        assert set(members) == {
            "t",
            "t/sub",
            "t/sub/big",
            "t/small",
            "t/twin",
            "t/link",
            "t/pipe",
            f"t/{'long' * 60}",
        }
        big = archive.extractfile("t/sub/big")
        assert big is not None
        assert big.read() == (tree / "sub/big").read_bytes()
        assert members["t/twin"].islnk() != members["t/small"].islnk()
        assert members["t/link"].linkname == "small"
        assert members["t/small"].mtime == 1e9 if members["t/small"].isreg() else True
        assert members["t"].isdir()
    with tarfile.open(fileobj=io.BytesIO(streamed(tree))) as archive:
        assert "sub/big" in archive.getnames()


def test_what_was_written_is_read_again(tree: Path, tmp_path: Path) -> None:
    data = streamed(tree)
    root = tmp_path / "root"
    (root / "here").mkdir(parents=True)
    handle = os.open(root, os.O_RDONLY)
    unpack(Unpacking(handle, "/here"), io.BytesIO(data))
    os.close(handle)
    made = root / "here"
    assert (made / "sub/big").read_bytes() == (tree / "sub/big").read_bytes()
    assert (made / "twin").stat().st_ino == (made / "small").stat().st_ino
    assert (made / "small").stat().st_mtime == 1e9
    assert os.readlink(made / "link") == "small"
    assert sorted(os.listdir(made)) == sorted(os.listdir(tree))


def archive_of(*members: tarfile.TarInfo) -> io.BytesIO:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for member in members:
            member.uid, member.gid = os.geteuid(), os.getegid()
            archive.addfile(member, io.BytesIO(b"evil"[: member.size]))
    data.seek(0)
    return data


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, target, 4 if kind == tarfile.REGTYPE else 0
    return made


def test_links_of_the_archive_and_of_the_folder_stay_below_the_root(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    (root / "here").mkdir(parents=True)
    (root / "inner").mkdir()
    (root / "here/there").symlink_to("/inner")
    (root / "here/up").symlink_to("../../outside")
    handle = os.open(root, os.O_RDONLY)
    unpack(Unpacking(handle, "/here"), archive_of(member("there/file"), member("new/deep/file")))
    assert (root / "inner/file").read_text() == "evil"
    assert (root / "here/new/deep/file").read_text() == "evil"
    link = member("out", tarfile.SYMTYPE, str(outside))
    for stream in (archive_of(link, member("out/file")), archive_of(member("up/file"))):
        with pytest.raises((OSError, FailedPrecondition)):
            unpack(Unpacking(handle, "/here"), stream)
    for name in ("../x", "a/../../x"):
        with pytest.raises(InvalidArgument, match="outside of itself"):
            unpack(Unpacking(handle, "/here"), archive_of(member(name)))
    with pytest.raises(InvalidArgument, match="outside of itself"):
        unpack(Unpacking(handle, "/here"), archive_of(member("h", tarfile.LNKTYPE, "../inner/file")))
    os.close(handle)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"nonsense" * 200, b"\x1f\x8b broken"])
def test_what_is_no_archive_is_said_so(tmp_path: Path, data: bytes) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(InvalidArgument, match="no tar archive"):
        unpack(Unpacking(handle, "/"), io.BytesIO(data))
    os.close(handle)


def test_holes_and_the_folder_itself_are_kept_where_that_is_asked(tmp_path: Path) -> None:
    size = 3 << 20
    for name in ("from", "to"):
        (tmp_path / name).mkdir()
    for name, at in (("middle", 1 << 20), ("begin", 0), ("end", size - 5), ("none", None)):
        with (tmp_path / "from" / name).open("wb") as file:
            file.truncate(size)
            if at is not None:
                file.seek(at)
                file.write(b"piece")
    (tmp_path / "from").chmod(0o1711)
    source, target = os.open(tmp_path / "from", os.O_PATH), os.open(tmp_path / "to", os.O_RDONLY)
    with (tmp_path / "archive").open("wb") as out:
        stream = TarStream(out.fileno(), keeps_all=True)
        stream.add(source, ".")
        stream.finish()
    assert (tmp_path / "archive").stat().st_size < 1 << 20
    with (tmp_path / "archive").open("rb") as file:
        unpack(Unpacking(target, "", takes_all=True), file)
    os.close(source)
    os.close(target)
    for path in (tmp_path / "from").iterdir():
        copy = tmp_path / "to" / path.name
        assert copy.read_bytes() == path.read_bytes(), path
        assert copy.stat().st_blocks * 512 < 1 << 20, path
    assert (tmp_path / "to").stat().st_mode & 0o7777 == 0o1711


def test_a_false_map_of_holes_is_refused(tmp_path: Path) -> None:
    text = b"1\n0\n9\n"
    body = text + bytes(512 - len(text)) + b"piece" + bytes(507)
    pax = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "x",
        "GNU.sparse.realsize": "5",
    }
    member = tarfile.TarInfo("GNUSparseFile.0/x")
    member.pax_headers, member.size = pax, 517
    archive = io.BytesIO(member.tobuf(tarfile.PAX_FORMAT) + body + bytes(1024))
    target = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(InvalidArgument, match="false map"):
        unpack(Unpacking(target, ""), archive)
    os.close(target)
    assert list(tmp_path.iterdir()) == []


def broken_archives() -> Iterator[Any]:
    whole = archive_of(member("first"), member("second")).getvalue()
    yield pytest.param(whole[:1100], id="cut within a header")
    yield pytest.param(whole[:1030] + b"ZZ" + whole[1032:], id="a false checksum in the middle")
    for name, values in {
        "time": {"mtime": "99999999999999999999"},
        "owner": {"uid": "99999999999"},
        "path": {"path": "a\0b"},
        "map": {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "5"},
        "size": {"comment": "x" * (MOST + 1)},
    }.items():
        odd = member("second")
        odd.pax_headers = values
        yield pytest.param(archive_of(member("first"), odd).getvalue(), id=f"a false {name}")
    folder = member("second", tarfile.DIRTYPE)
    folder.pax_headers = {"mtime": "99999999999999999999"}
    yield pytest.param(archive_of(folder).getvalue(), id="a folder's false time")


@pytest.mark.parametrize("data", list(broken_archives()))
def test_half_an_archive_is_not_taken_for_a_whole_one(tmp_path: Path, data: bytes) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(InvalidArgument, match=r"no tar archive, or a broken one|a false name"):
        unpack(Unpacking(handle, "", takes_all=True), io.BytesIO(data))
    os.close(handle)


def unpacked(data: bytes, folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY)
    try:
        return unpack(Unpacking(handle, "", takes_all=True), io.BytesIO(data))
    finally:
        os.close(handle)


def test_an_archive_that_its_writer_did_not_close_is_read_and_told_from_a_closed_one(tmp_path: Path) -> None:
    """tar, docker and podman read it too: Go's archive/tar leaves the end out where Close is forgotten."""
    whole = archive_of(member("first"), member("second")).getvalue()
    assert not unpacked(whole[:1024], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["first"]
    assert not unpacked(whole[:2048], tmp_path)
    assert unpacked(whole, tmp_path)


def test_a_writer_that_says_it_closes_is_taken_at_its_word(tree: Path, tmp_path: Path) -> None:
    handle, archive = os.open(tree, os.O_PATH), tmp_path / "archive"
    with archive.open("wb") as out:
        stream = TarStream(out.fileno(), keeps_all=True)
        stream.add(handle, ".")
        stream.finish()
    os.close(handle)
    whole = archive.read_bytes()
    (tmp_path / "whole").mkdir()
    (tmp_path / "part").mkdir()
    assert unpacked(whole, tmp_path / "whole")
    with pytest.raises(InvalidArgument, match="it is cut off"):
        unpacked(whole[:-1024], tmp_path / "part")


@pytest.mark.parametrize("levels", [1500, 3000])
def test_a_member_below_more_folders_than_python_recurses_is_made_or_refused(
    tmp_path: Path, levels: int
) -> None:
    data = archive_of(member("d/" * levels + "file")).getvalue()
    if levels * 2 < os.pathconf("/", "PC_PATH_MAX"):
        unpacked(data, tmp_path)
        assert (tmp_path / ("d/" * levels) / "file").exists()
    else:
        with pytest.raises(InvalidArgument, match="file name too long"):
            unpacked(data, tmp_path)
    folder = os.open(tmp_path, os.O_RDONLY)
    for name in os.listdir(folder):
        remove_tree(folder, name)
    os.close(folder)


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_of_every_format_are_read(tmp_path: Path, format: int) -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=format) as archive:
        made = member("/".join(["deep" * 12] * 4))
        made.uid, made.gid = os.geteuid(), os.getegid()
        archive.addfile(made, io.BytesIO(b"evil"))
    data.seek(0)
    handle = os.open(tmp_path, os.O_RDONLY)
    unpack(Unpacking(handle, ""), data)
    os.close(handle)
    assert (tmp_path / made.name).read_text() == "evil"
