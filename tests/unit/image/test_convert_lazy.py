"""Layers that are read piece by piece: every piece is where the table says, and the whole is what it was."""

import gzip
import hashlib
import io
import json
import shutil
import struct
import subprocess
import tarfile
import zlib
from typing import Any

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.image.convert_estargz import OUTSIDE, UNPACKED_SIZE, EStargz, EStargzOutside
from nerdpy.image.convert_lazy import CHUNKED, TOC_DIGEST, Chunking, LazyLayer, ZstdChunked
from nerdpy.image.convert_order import LANDMARK, NO_LANDMARK, TABLE, in_order

BIG = bytes(number * number % 251 for number in range(100_000))
LONG = "folder/" + "x" * 180
FILES = {"./small": b"small", "empty": b"", "big": BIG, LONG: b"long", "block": b"y" * 512}


def layer() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in FILES.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode, member.uid, member.uname = (
                len(data),
                1700000000,
                0o4755,
                7,
                "me",
            )
            member.pax_headers = {"SCHILY.xattr.user.colour": "blue"} if name == "big" else {}
            tar.addfile(member, io.BytesIO(data))
        for name, kind, target in (
            ("dir", tarfile.DIRTYPE, ""),
            ("hard", tarfile.LNKTYPE, "big"),
            ("soft", tarfile.SYMTYPE, "/else/where"),
            ("node", tarfile.CHRTYPE, ""),
            ("pipe", tarfile.FIFOTYPE, ""),
            (".wh.gone", tarfile.REGTYPE, ""),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.devmajor, member.devminor = kind, target, 1, 3
            tar.addfile(member)
    return buffer.getvalue()


TAR = layer()


def made(kind: type[LazyLayer], tar: bytes = TAR, **chunking: Any) -> tuple[bytes, Any]:
    lazy = kind([tar[at : at + 999] for at in range(0, len(tar), 999)], Chunking(level=3, **chunking))  # type: ignore[call-arg]
    return b"".join(lazy), lazy


def table_of(estargz: bytes) -> dict[str, Any]:
    """Read as a client would: from the footer."""
    footer = estargz[-51:]
    assert gzip.decompress(footer) == b""
    extra = footer[12:38]
    assert extra[:4] == b"SG" + struct.pack("<H", 22)
    assert extra[20:] == b"STARGZ"
    at = int(extra[4:20], 16)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(estargz[at:-51]))) as tar:
        content = tar.extractfile(TABLE)
        assert content is not None
        table: dict[str, Any] = json.load(content)
        return table


def contents(tar: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive if one.isreg()}  # type: ignore[union-attr]


@pytest.mark.parametrize(("size", "least"), [(4 << 20, 0), (1000, 0), (1 << 16, 5000), (1000, 5000)])
def test_each_piece_of_a_file_is_where_the_table_says(size: int, least: int) -> None:
    packed, lazy = made(EStargz, chunk_size=size, least=least)
    unpacked = gzip.decompress(packed)
    assert lazy.diff_id == f"sha256:{hashlib.sha256(unpacked).hexdigest()}"
    assert lazy.annotations[UNPACKED_SIZE] == str(len(unpacked))
    assert lazy.annotations[TOC_DIGEST] == f"sha256:{hashlib.sha256(lazy.table).hexdigest()}"
    table = table_of(packed)
    assert table == json.loads(lazy.table)
    found: dict[str, bytes] = {}
    sizes = {entry["name"]: entry["size"] for entry in table["entries"] if entry.get("size")}
    for entry in table["entries"]:
        if "chunkDigest" not in entry:
            continue
        at = entry.get("chunkOffset", 0)
        length = entry.get("chunkSize") or sizes[entry["name"]] - at
        data = zlib.decompressobj(31).decompress(packed[entry.get("offset", 0) :])
        piece = data[entry.get("innerOffset", 0) :][:length]
        assert f"sha256:{hashlib.sha256(piece).hexdigest()}" == entry["chunkDigest"]
        assert len(found.get(entry["name"], b"")) == at
        found[entry["name"]] = found.get(entry["name"], b"") + piece
    assert found == {name: data for name, data in FILES.items() if data} | {NO_LANDMARK: b"\x0f"}
    assert contents(unpacked) == contents(TAR) | {NO_LANDMARK: b"\x0f", TABLE: lazy.table}


def test_the_table_describes_every_member() -> None:
    entries = {entry["name"]: entry for entry in table_of(made(EStargz)[0])["entries"]}
    assert entries["big"] | {"offset": 0} == {
        "name": "big",
        "type": "reg",
        "size": len(BIG),
        "modtime": "2023-11-14T22:13:20Z",
        "mode": 0o4755,
        "uid": 7,
        "userName": "me",
        "xattrs": {"user.colour": "Ymx1ZQ=="},
        "digest": f"sha256:{hashlib.sha256(BIG).hexdigest()}",
        "chunkDigest": f"sha256:{hashlib.sha256(BIG).hexdigest()}",
        "offset": 0,
    }
    kinds = {
        name: entries[name]["type"] for name in ("dir/", "hard", "soft", "node", "pipe", ".wh.gone", LONG)
    }
    assert list(kinds.values()) == ["dir", "hardlink", "symlink", "char", "fifo", "reg", "reg"]
    assert (entries["hard"]["linkName"], entries["soft"]["linkName"]) == ("big", "/else/where")
    assert (entries["node"]["devMajor"], entries["node"]["devMinor"]) == (1, 3)
    assert entries["empty"]["digest"] == f"sha256:{hashlib.sha256().hexdigest()}"


def test_an_estargz_layer_made_again_is_the_same() -> None:
    once, lazy = made(EStargz)
    again, second = made(EStargz, gzip.decompress(once))
    assert (again, second.diff_id) == (once, lazy.diff_id)


@pytest.mark.parametrize("keeps_diff_id", [False, True])
@pytest.mark.parametrize(("size", "least"), [(4 << 20, 0), (1000, 5000)])
def test_a_table_outside_says_where_each_piece_is(keeps_diff_id: bool, size: int, least: int) -> None:
    chunking = Chunking(level=3, chunk_size=size, least=least)
    lazy = EStargzOutside([TAR], chunking, keeps_diff_id=keeps_diff_id)
    packed = b"".join(lazy)
    unpacked, mark = gzip.decompress(packed), {} if keeps_diff_id else {NO_LANDMARK: b"\x0f"}
    assert contents(unpacked) == contents(TAR) | mark
    assert (unpacked == TAR) == keeps_diff_id
    assert lazy.diff_id == f"sha256:{hashlib.sha256(unpacked).hexdigest()}"
    footer = packed[-46:]
    assert (footer[12:33], gzip.decompress(footer)) == (b"SG\x11\x00" + OUTSIDE, b"")
    table = lazy.outside()
    archive = gzip.decompress(table.packed)
    assert table.diff_id == f"sha256:{hashlib.sha256(archive).hexdigest()}"
    assert contents(archive) == {TABLE: lazy.table}
    assert lazy.annotations[TOC_DIGEST] == f"sha256:{hashlib.sha256(lazy.table).hexdigest()}"
    for entry in json.loads(lazy.table)["entries"]:
        if entry["name"] == "big" and entry["type"] == "reg":
            data = zlib.decompressobj(31).decompress(packed[entry["offset"] :])[entry.get("innerOffset", 0) :]
            assert data.startswith(BIG[: entry.get("chunkSize", len(BIG))])


def test_a_layer_with_a_table_inside_cannot_keep_its_diff_id() -> None:
    with pytest.raises(InvalidArgument, match="is eStargz already"):
        list(EStargzOutside([gzip.decompress(made(EStargz)[0])], Chunking(level=3), keeps_diff_id=True))


@pytest.mark.parametrize("least", [0, 1 << 20])
def test_all_that_is_read_first_ends_where_the_landmark_begins(least: int) -> None:
    """A client fetches the bytes before the landmark's, whatever pieces share."""
    first = in_order([TAR], ["big", "empty"])
    packed = b"".join(EStargz(first, Chunking(level=3, least=least), is_ordered=True))
    entries = table_of(packed)["entries"]
    assert [entry["name"] for entry in entries[:3]] == ["big", "empty", LANDMARK]
    assert contents(gzip.decompress(packed[: entries[2]["offset"]]) + bytes(1024))["big"] == BIG


@pytest.mark.may_run
@pytest.mark.skipif(not shutil.which("zstd"), reason="zstd is not installed")
@pytest.mark.parametrize("size", [4 << 20, 1000])
def test_zstd_chunked_keeps_the_layer_and_hides_its_table(size: int) -> None:
    def unzstd(data: bytes) -> bytes:
        return subprocess.run(["zstd", "-d", "-c"], input=data, capture_output=True, check=True).stdout

    packed, lazy = made(ZstdChunked, chunk_size=size)
    assert unzstd(packed) == TAR
    assert lazy.diff_id == f"sha256:{hashlib.sha256(TAR).hexdigest()}"
    at, length, whole, _ = map(int, lazy.annotations[f"{CHUNKED[0]}manifest-position"].split(":"))
    table = packed[at : at + length]
    assert lazy.annotations[f"{CHUNKED[0]}manifest-checksum"] == f"sha256:{hashlib.sha256(table).hexdigest()}"
    assert struct.unpack("<QQQ", packed[-40:-16]) == (at, length, whole)
    entries = json.loads(unzstd(table))["entries"]
    ranges = b"".join(
        packed[entry["offset"] : entry["endOffset"]] for entry in entries if entry["name"] == "big"
    )
    assert unzstd(ranges) == BIG


@pytest.mark.parametrize("tar", [TAR[:30_000], b"x" * 2000, TAR[:100]], ids=["half", "nonsense", "short"])
def test_a_broken_layer_is_told(tar: bytes) -> None:
    with pytest.raises(InvalidArgument):
        made(EStargz, tar)


def test_a_member_of_an_unknown_kind_is_told() -> None:
    member = tarfile.TarInfo("x")
    member.type = b"S"
    with pytest.raises(InvalidArgument, match="unknown kind"):
        made(EStargz, member.tobuf() + bytes(1024))
