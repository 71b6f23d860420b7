"""Packed streams come out as they went in, in pieces of any size, and broken ones are told."""

import bz2
import gzip
import lzma
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.linux.packing import PIECE, gzipped, kind_of, peeked, through, unpacked

DATA = b"".join(b"line %d\n" % number for number in range(50_000))
PACKED = {
    "plain": DATA,
    "gzip": gzip.compress(DATA),
    "two gzip members": gzip.compress(DATA[:1000]) + gzip.compress(DATA[1000:]) + bytes(100),
    "xz": lzma.compress(DATA),
    "two xz streams": lzma.compress(DATA[:1000]) + lzma.compress(DATA[1000:]),
    "bzip2": bz2.compress(DATA),
}


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("size", [1 << 20, 997])
@pytest.mark.parametrize("name", PACKED)
def test_a_packed_stream_is_unpacked(name: str, size: int) -> None:
    assert b"".join(unpacked(cut(PACKED[name], size))) == DATA


@pytest.mark.parametrize("name", ["gzip", "xz", "bzip2"])
def test_a_stream_that_is_cut_off_is_told(name: str) -> None:
    with pytest.raises(InvalidArgument, match=f"the {name} stream is broken"):
        list(unpacked([PACKED[name][:-30]]))


@pytest.mark.parametrize("name", ["gzip", "xz", "bzip2"])
def test_a_stream_that_is_damaged_is_told(name: str) -> None:
    damaged = bytearray(PACKED[name])
    damaged[len(damaged) // 2 :] = bytes(len(damaged) - len(damaged) // 2)
    with pytest.raises(InvalidArgument, match=f"the {name} stream is broken"):
        list(unpacked([bytes(damaged)]))


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_a_bomb_is_unpacked_a_piece_at_a_time(pack: object) -> None:
    assert callable(pack)
    sizes = [len(piece) for piece in unpacked([pack(bytes(20 * PIECE))])]
    assert sum(sizes) == 20 * PIECE
    assert max(sizes) <= PIECE


def test_kinds_are_known_by_how_they_begin() -> None:
    assert kind_of(b"\x28\xb5\x2f\xfd") == "zstd"
    assert kind_of(b"\x50\x2a\x4d\x18") == "zstd"
    assert kind_of(b"") == kind_of(b"PK") == ""
    kind, whole = peeked(cut(PACKED["gzip"], 1))
    assert (kind, b"".join(whole)) == ("gzip", PACKED["gzip"])


def test_gzip_has_no_time_in_it() -> None:
    packed = b"".join(gzipped(cut(DATA, 1000)))
    assert gzip.decompress(packed) == DATA
    assert packed[4:8] == bytes(4)


@pytest.mark.may_run
@pytest.mark.skipif(not shutil.which("zstd"), reason="zstd is not installed")
def test_zstd_is_unpacked_by_its_program() -> None:
    packed = subprocess.run(["zstd", "-q", "-c"], input=DATA, capture_output=True, check=True).stdout
    assert b"".join(unpacked(cut(packed, 5000))) == DATA
    with pytest.raises(InvalidArgument, match="zstd failed"):
        list(unpacked([packed[:-10]]))


@pytest.mark.may_run
def test_what_breaks_the_source_comes_out_of_the_filter() -> None:
    def broken() -> Iterator[bytes]:
        yield DATA
        raise InvalidArgument("the source broke")

    with pytest.raises(InvalidArgument, match="the source broke"):
        list(through(["cat"], broken(), purpose="for a test"))


def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(NotFound, match='"no-such-program" is not installed, and is needed to do it'):
        list(through(["no-such-program"], [], purpose="to do it"))
