"""Tar headers, read again by another implementation."""

import io
import tarfile

import pytest

from nerdpy.model import tar_header
from nerdpy.model.tar_header import Entry, header, padding, record


def read(*entries: tuple[Entry, bytes]) -> list[tarfile.TarInfo]:
    data = b"".join(header(entry) + body + padding(len(body)) for entry, body in entries) + tar_header.END
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        return archive.getmembers()


def test_every_field_of_a_member_is_read_again() -> None:
    (made,) = read(
        (Entry(name=b"a/b", kind=b"0", mode=0o4755, user=5, group=6, size=3, modified=1_500_000_000), b"abc")
    )
    assert (made.name, made.mode, made.uid, made.gid, made.size, made.mtime) == (
        "a/b",
        0o4755,
        5,
        6,
        3,
        1_500_000_000,
    )
    assert made.isreg()


def test_links_folders_devices_and_pipes_are_told_apart() -> None:
    made = read(
        (Entry(name=b"d/", kind=tar_header.FOLDER, mode=0o755), b""),
        (Entry(name=b"s", kind=tar_header.SYMLINK, mode=0o777, target=b"/x"), b""),
        (Entry(name=b"h", kind=tar_header.HARD_LINK, mode=0o644, target=b"s"), b""),
        (Entry(name=b"c", kind=tar_header.CHARACTER, mode=0o600, device=(1, 3)), b""),
        (Entry(name=b"b", kind=tar_header.BLOCK_DEVICE, mode=0o600, device=(8, 1)), b""),
        (Entry(name=b"p", kind=tar_header.FIFO, mode=0o600), b""),
    )
    assert [member.type for member in made] == [b"5", b"2", b"1", b"3", b"4", b"6"]
    assert (made[1].linkname, made[2].linkname) == ("/x", "s")
    assert (made[3].devmajor, made[3].devminor, made[4].devmajor) == (1, 3, 8)


@pytest.mark.parametrize("length", [99, 100, 101, 255, 4000])
def test_long_and_odd_names_have_room(length: int) -> None:
    for letter in ("n", "ü"):
        name = letter * length
        (made,) = read((Entry(name=name.encode(), kind=b"2", mode=0o777, target=name.encode()), b""))
        assert (made.name, made.linkname) == (name, name)


def test_numbers_that_ustar_can_not_hold_stand_in_the_extended_header() -> None:
    block = header(
        Entry(name=b"big", kind=b"0", mode=0o644, user=3 << 30, group=1 << 22, size=9 << 30, modified=-5)
    )
    data = block + bytes(1024)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r|") as archive:
        found = archive.next()
    assert found is not None
    made = found
    assert (made.uid, made.gid, made.size, int(made.mtime)) == (3 << 30, 1 << 22, 9 << 30, -5)


def test_attributes_are_written_byte_by_byte() -> None:
    value = b"\x01\x00\xff\n="
    (made,) = read((Entry(name=b"a", kind=b"0", mode=0o644, attributes={b"security.capability": value}), b""))
    assert made.pax_headers["SCHILY.xattr.security.capability"].encode(errors="surrogateescape") == value


@pytest.mark.parametrize("size", range(80, 110))
def test_a_record_counts_its_own_length(size: int) -> None:
    made = record(b"k", b"v" * size)
    assert int(made.split(b" ")[0]) == len(made)
