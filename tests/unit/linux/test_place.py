"""Files put into folders: whole, over what is there, and following nothing."""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from nerdpy.errors import FailedPrecondition
from nerdpy.linux.ownership import Ownership
from nerdpy.linux.place import Placing, place, place_contents, put_stream

OURS = Ownership(keeps_owner=False, user=os.geteuid(), group=os.getegid())


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def opened(path: Path, held: ExitStack, flags: int = os.O_PATH | os.O_NOFOLLOW) -> int:
    descriptor = os.open(path, flags)
    held.callback(os.close, descriptor)
    return descriptor


def run(folder: Path, held: ExitStack) -> Placing:
    folder.mkdir(exist_ok=True)
    return Placing(opened(folder, held, os.O_RDONLY | os.O_DIRECTORY), OURS)


def test_a_tree_is_placed_with_links_modes_and_times(tmp_path: Path, held: ExitStack) -> None:
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True, mode=0o750)
    (source / "sub/file").write_text("x")
    os.link(source / "sub/file", source / "again")
    (source / "link").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe")
    os.chmod(source / "sub/file", 0o640)
    os.utime(source / "sub", (1e9, 1e9))
    place(run(tmp_path / "target", held), opened(source, held), "named")
    made = tmp_path / "target/named"
    assert (made / "sub/file").read_text() == "x"
    assert stat.S_IMODE((made / "sub/file").stat().st_mode) == 0o640
    assert (made / "sub").stat().st_mtime == 1e9
    assert (made / "again").stat().st_ino == (made / "sub/file").stat().st_ino
    assert os.readlink(made / "link") == "/etc/passwd"
    assert stat.S_ISFIFO((made / "pipe").stat().st_mode)
    assert sorted(os.listdir(tmp_path / "target")) == ["named"]


def test_contents_are_placed_beside_what_is_there(tmp_path: Path, held: ExitStack) -> None:
    for folder, names in (("source/deep", ("a", "b")), ("target/deep", ("b", "c"))):
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            (tmp_path / folder / name).write_text(folder)
    place_contents(run(tmp_path / "target", held), opened(tmp_path / "source", held))
    found = {path.name: path.read_text() for path in (tmp_path / "target/deep").iterdir()}
    assert found == {"a": "source/deep", "b": "source/deep", "c": "target/deep"}


def test_what_stands_in_the_way_is_replaced_and_never_followed(tmp_path: Path, held: ExitStack) -> None:
    outside = tmp_path / "outside"
    outside.write_text("untouched")
    (tmp_path / "file").write_text("new")
    (tmp_path / "pointer").symlink_to("elsewhere")
    target = tmp_path / "target"
    target.mkdir()
    (target / "link").symlink_to(outside)
    (target / "plain").write_text("old")
    os.mkfifo(target / "pipe")
    os.link(target / "plain", target / "other-name")
    placing = run(target, held)
    for name in ("link", "plain", "pipe"):
        place(placing, opened(tmp_path / "file", held), name)
        assert (target / name).read_text() == "new"
        assert not (target / name).is_symlink()
    place(placing, opened(tmp_path / "pointer", held), "plain")
    assert os.readlink(target / "plain") == "elsewhere"
    assert outside.read_text() == "untouched"
    assert (target / "other-name").read_text() == "old"
    assert sorted(os.listdir(target)) == ["link", "other-name", "pipe", "plain"]


def test_folders_and_files_do_not_take_each_others_place(tmp_path: Path, held: ExitStack) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    target = tmp_path / "target"
    (target / "folder").mkdir(parents=True)
    (target / "file").write_text("x")
    (target / "link").symlink_to(tmp_path)
    placing = run(target, held)
    with pytest.raises(FailedPrecondition, match='cannot overwrite directory "folder"'):
        place(placing, opened(tmp_path / "file", held), "folder")
    for name in ("file", "link"):
        with pytest.raises(FailedPrecondition, match=f'cannot overwrite non-directory "{name}"'):
            place(placing, opened(tmp_path / "folder", held), name)
    assert sorted(os.listdir(target)) == ["file", "folder", "link"]


def test_a_file_that_cannot_be_filled_leaves_nothing(tmp_path: Path, held: ExitStack) -> None:
    def fail(made: int) -> None:
        os.write(made, b"half")
        raise OSError(28, "No space left on device")

    (tmp_path / "there").write_text("whole")
    for name in ("new", "there"):
        with pytest.raises(OSError, match="No space left"):
            put_stream(run(tmp_path, held).base, name, fail, fail)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("there", "whole")]


def test_privileges_are_kept_from_a_trusted_source_or_with_the_owner_only(tmp_path: Path) -> None:
    (tmp_path / "suid").touch()
    os.chmod(tmp_path / "suid", 0o6755)
    own, other = (tmp_path / "suid").stat(), os.geteuid() + 1
    for ownership, expected in (
        (Ownership(keeps_owner=True), 0o6755),
        (Ownership(keeps_owner=False, user=own.st_uid, group=own.st_gid, trusts=True), 0o6755),
        (Ownership(keeps_owner=False, user=other, group=own.st_gid, trusts=True), 0o755),
        (Ownership(keeps_owner=False, user=own.st_uid, group=own.st_gid), 0o755),
    ):
        assert ownership.mode_of(own) == expected
    device = os.stat("/dev/null")
    assert Ownership(keeps_owner=False).mode_of(device) == 0o600
    assert Ownership(keeps_owner=False, trusts=True).mode_of(device) == 0o666
