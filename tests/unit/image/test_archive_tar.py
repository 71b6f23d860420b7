"""Reading the outer archive: what is sound comes through, whatever the format; what is hostile is named."""

import io
import tarfile
from collections.abc import Callable, Iterator

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.image.archive_tar import Member, Members, beginning

LONG = "blobs/" + "n" * 150 + "/" + "m" * 120
Build = Callable[[tarfile.TarFile], None]


def archive(build: Build, format: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as tar:
        build(tar)
    return buffer.getvalue()


def add(
    tar: tarfile.TarFile, name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, **more: str
) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.size, member.linkname = kind, len(data), more.get("target", "")
    tar.addfile(member, io.BytesIO(data))


def add_twice(tar: tarfile.TarFile) -> None:
    add(tar, "index.json", b"1")
    add(tar, "./index.json", b"2")


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def read(data: bytes, size: int = 1000) -> dict[str, bytes | str]:
    members = Members(cut(data, size))
    return {member.name: member.target or b"".join(members.content()) for member in members}


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("size", [1, 511, 512, 100_000])
def test_members_come_out_as_they_went_in(format: int, size: int) -> None:
    def build(tar: tarfile.TarFile) -> None:
        add(tar, "blobs/", kind=tarfile.DIRTYPE)
        add(tar, "./index.json", b"{}")
        add(tar, "empty")
        add(tar, LONG[:90] + "/x" if format == tarfile.USTAR_FORMAT else LONG, b"x" * 1500)
        add(tar, "a/layer.tar", kind=tarfile.SYMTYPE, target="../b/layer.tar")

    found = read(archive(build, format), size)
    assert list(found.values()) == [b"{}", b"", b"x" * 1500, "b/layer.tar"]
    assert list(found)[:2] == ["index.json", "empty"]
    assert format == tarfile.USTAR_FORMAT or list(found)[2] == LONG


def test_content_that_nobody_reads_is_passed_over() -> None:
    def build(tar: tarfile.TarFile) -> None:
        for name in ("a", "b", "c"):
            add(tar, name, name.encode() * 700)

    data = archive(build)
    assert [member.name for member in Members(cut(data, 333))] == ["a", "b", "c"]


HOSTILE: dict[str, tuple[Build, str]] = {
    "a path out of it": (lambda tar: add(tar, "blobs/../../etc/passwd", b"x"), "outside of itself"),
    "an absolute path": (lambda tar: add(tar, "/etc/passwd", b"x"), "absolute path"),
    "a folder out of it": (lambda tar: add(tar, "../x", kind=tarfile.DIRTYPE), "outside of itself"),
    "a hard link": (lambda tar: add(tar, "x", kind=tarfile.LNKTYPE, target="y"), "a hard link"),
    "a device": (lambda tar: add(tar, "x", kind=tarfile.CHRTYPE), "a device node"),
    "a disk": (lambda tar: add(tar, "x", kind=tarfile.BLKTYPE), "a device node"),
    "a pipe": (lambda tar: add(tar, "x", kind=tarfile.FIFOTYPE), "a named pipe"),
    "an unknown kind": (lambda tar: add(tar, "x", kind=b"V"), "an unknown kind"),
    "a link out of it": (
        lambda tar: add(tar, "a/x", kind=tarfile.SYMTYPE, target="../../etc/shadow"),
        "leads out of it",
    ),
    "an absolute link": (lambda tar: add(tar, "x", kind=tarfile.SYMTYPE, target="/etc/shadow"), "leads out"),
    "one twice": (add_twice, "twice"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_has_no_business_in_it_is_refused(name: str) -> None:
    build, words = HOSTILE[name]
    with pytest.raises(InvalidArgument, match=words):
        read(archive(build))


def test_a_long_extended_header_is_not_read_into_memory() -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 10 << 30
    data = header.tobuf(tarfile.USTAR_FORMAT) if header.size < 8 << 30 else header.tobuf(tarfile.GNU_FORMAT)
    with pytest.raises(InvalidArgument, match="extended header"):
        read(data + bytes(2048))


@pytest.mark.parametrize("data", [b"", b"not a tar at all", b"x" * 5000], ids=["nothing", "short", "long"])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidArgument, match="no tar archive|is empty"):
        read(data)


def test_an_archive_that_breaks_off_is_refused() -> None:
    data = archive(lambda tar: add(tar, "x", b"x" * 5000))
    with pytest.raises(InvalidArgument, match="broke off"):
        read(data[:3000])


def test_sizes_beyond_eight_gigabytes_are_understood() -> None:
    member = tarfile.TarInfo("x")
    member.size = 9 << 30
    for format in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        first = next(iter(Members([member.tobuf(format)])))
        assert first == Member(name="x", size=9 << 30)


def test_the_names_of_a_filesystem_are_seen_whatever_they_are() -> None:
    def build(tar: tarfile.TarFile) -> None:
        add(tar, "./", kind=tarfile.DIRTYPE)
        add(tar, "./dev/null", kind=tarfile.CHRTYPE)
        add(tar, "/bin/sh", kind=tarfile.LNKTYPE, target="bin/busybox")
        add(tar, "x", b"1")
        add(tar, "x", b"2")

    assert list(beginning([archive(build)])) == ["dev/null", "bin/sh", "x", "x"]
    assert list(beginning([b"nonsense"])) == []
