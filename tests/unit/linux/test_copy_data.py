"""The bytes of a file, holes included."""

import errno
import os
from pathlib import Path

import pytest

from nerdpy.linux import copy_data as module
from nerdpy.linux import libc
from nerdpy.linux.copy_data import copy_data, extents


def copied(source: Path, target: Path) -> int:
    told: list[int] = []
    with source.open("rb") as start, target.open("wb") as end:
        copy_data(start.fileno(), end.fileno(), told.append)
    return sum(told)


@pytest.mark.parametrize("size", [0, 1, 4096, 70_001, 3 << 20])
def test_every_byte_is_copied_and_told(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(os.urandom(size))
    assert copied(tmp_path / "a", tmp_path / "b") == size
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("refused", [1, 2])
def test_where_the_kernel_does_not_copy_we_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    if refused == 2:
        monkeypatch.setattr(os, "sendfile", refuse)
    monkeypatch.setattr(module, "STEP", 65536)
    (tmp_path / "a").write_bytes(os.urandom(300_000))
    assert copied(tmp_path / "a", tmp_path / "b") == 300_000
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_holes_stay_holes(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        for at in (0, 5 << 20, 9 << 20):
            file.seek(at)
            file.write(b"data")
        file.truncate(20 << 20)
    copied(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "b").stat().st_blocks <= (tmp_path / "a").stat().st_blocks
    with (tmp_path / "a").open("rb") as file:
        assert list(extents(file.fileno(), 4)) == [(0, 4)]


def test_a_file_that_says_it_is_empty_is_read_to_its_end(tmp_path: Path) -> None:
    copied(Path("/proc/self/status"), tmp_path / "b")
    assert b"Pid:" in (tmp_path / "b").read_bytes()


def test_a_file_that_is_shorter_than_it_says_ends_where_it_ends(tmp_path: Path) -> None:
    """sysfs says 4096 of each."""
    copied(Path("/sys/kernel/mm/transparent_hugepage/enabled"), tmp_path / "b")
    assert 0 < (tmp_path / "b").stat().st_size < 4096


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_a_filesystem_that_reserves_nothing_is_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(libc, "call", refuse)
    (tmp_path / "a").write_bytes(os.urandom(5 << 20))
    assert copied(tmp_path / "a", tmp_path / "b") == 5 << 20


def test_a_full_disk_is_noticed_before_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(libc, "call", refuse)
    (tmp_path / "a").write_bytes(os.urandom(5 << 20))
    with pytest.raises(OSError, match="No space left"):
        copied(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b""


def test_what_is_reserved_is_not_the_files_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that is cut while it is copied leaves a target as short as it is then."""
    (tmp_path / "a").write_bytes(b"x" * (5 << 20))
    cut = os.copy_file_range

    def cutting(source: int, target: int, count: int, *at: int) -> int:
        return cut(source, target, min(count, 1 << 20), *at) if at[0] < 2 << 20 else 0

    monkeypatch.setattr(os, "copy_file_range", cutting)
    monkeypatch.setattr(os, "sendfile", lambda *_: 0)
    assert copied(tmp_path / "a", tmp_path / "b") == 2 << 20
    assert (tmp_path / "b").stat().st_size == 2 << 20
