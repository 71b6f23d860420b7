"""Copying trees by descriptors."""

import os
from pathlib import Path

import pytest

from nerdpy.errors import ResourceExhausted
from nerdpy.linux import copy
from nerdpy.linux.copy import copy_tree, move_new


def folders(path: Path) -> tuple[int, int]:
    (path / "to").mkdir()
    return (
        os.open(path / "from", os.O_RDONLY | os.O_DIRECTORY),
        os.open(path / "to", os.O_RDONLY | os.O_DIRECTORY),
    )


def test_links_stay_links_and_modes_and_times_are_kept(tmp_path: Path) -> None:
    source = tmp_path / "from"
    (source / "sub").mkdir(parents=True)
    (source / "sub/file").write_text("text")
    os.chmod(source / "sub/file", 0o4710)
    os.utime(source / "sub/file", (1000, 2000))
    os.chmod(source / "sub", 0o1700)
    (source / "out").symlink_to("/etc/shadow")
    (source / "up").symlink_to("../../../etc")
    os.link(source / "sub/file", source / "same")
    os.mkfifo(source / "pipe", 0o622)
    start, end = folders(tmp_path)
    copy_tree(start, end)
    made = tmp_path / "to"
    assert (made / "sub/file").read_text() == "text"
    assert (made / "sub/file").stat().st_mode & 0o7777 == 0o4710
    assert (made / "sub/file").stat().st_mtime == 2000
    assert (made / "sub").stat().st_mode & 0o7777 == 0o1700
    assert os.readlink(made / "out") == "/etc/shadow"
    assert os.readlink(made / "up") == "../../../etc"
    assert (made / "same").samefile(made / "sub/file")
    assert (made / "pipe").is_fifo()
    os.close(start)
    os.close(end)


def test_a_tree_that_is_too_deep_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "DEPTH", 3)
    (tmp_path / "from/a/b/c/d").mkdir(parents=True)
    start, end = folders(tmp_path)
    with pytest.raises(ResourceExhausted, match="deeper"):
        copy_tree(start, end)
    os.close(start)
    os.close(end)


def test_moving_never_replaces(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    start, end = folders(tmp_path)
    (tmp_path / "from/a").write_text("new")
    (tmp_path / "from/b").write_text("new")
    (tmp_path / "to/a").symlink_to("/etc/passwd")
    move_new(start, end, "b")
    with pytest.raises(FileExistsError):
        move_new(start, end, "a")
    assert (tmp_path / "to/b").read_text() == "new"
    assert (tmp_path / "to/a").is_symlink()
    os.close(start)
    os.close(end)
