"""Trees of any depth, walked and removed by descriptors."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nerdpy.linux import tree
from nerdpy.linux.tree import remove_tree, walk

LEVELS = 1100
"""Beyond the recursion of Python, and beyond the descriptors that a process usually may have."""


@pytest.fixture
def top(tmp_path: Path) -> Iterator[int]:
    """A folder `deep` of that many levels, a file in each, opened."""
    folder = os.open(tmp_path, os.O_RDONLY)
    os.mkdir("deep", dir_fd=folder)
    below = os.open("deep", os.O_RDONLY, dir_fd=folder)
    for _ in range(LEVELS):
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=below))
        os.mkdir("on", dir_fd=below)
        above, below = below, os.open("on", os.O_RDONLY, dir_fd=below)
        os.close(above)
    os.close(below)
    yield folder
    if (tmp_path / "deep").exists():
        remove_tree(folder, "deep")
    os.close(folder)


def test_a_walk_sees_everything_once_however_deep_it_is_and_holds_few_descriptors(top: int) -> None:
    before = len(os.listdir("/proc/self/fd"))
    names, most = [], 0
    for _, name, _ in walk(top):
        names.append(name)
        most = max(most, len(os.listdir("/proc/self/fd"))) if len(names) % 100 == 0 else most
    assert sorted(names) == sorted(["deep", *["file", "on"] * LEVELS])
    assert most - before <= tree.DEPTH + 3
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_walk_comes_back_to_what_stands_beside_a_deep_folder(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}" / ("on/" * (tree.DEPTH + 5))).mkdir(parents=True)
        (tmp_path / f"{number}" / "on" / f"beside-{number}").touch()
    folder = os.open(tmp_path, os.O_RDONLY)
    found = {name for _, name, _ in walk(folder)}
    os.close(folder)
    assert {"beside-0", "beside-1", "beside-2"} <= found


def test_a_walk_follows_no_link_and_ends_where_a_folder_was_moved_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "tree" / ("on/" * (tree.DEPTH + 5))).mkdir(parents=True)
    (tmp_path / "tree" / "link").symlink_to("/")
    (tmp_path / "elsewhere").mkdir()
    folder = os.open(tmp_path / "tree", os.O_RDONLY)
    seen = 0
    for _, name, _ in walk(folder):
        assert name in {"on", "link"}
        seen += 1
        if name == "on" and seen > tree.DEPTH + 2 and (tmp_path / "tree/on/on").exists():
            os.rename(tmp_path / "tree/on/on", tmp_path / "elsewhere/on")
    os.close(folder)
    assert seen <= tree.DEPTH + 6


def test_a_tree_is_removed_however_deep_it_is(top: int, tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    remove_tree(top, "deep")
    assert os.listdir(tmp_path) == []
    assert len(os.listdir("/proc/self/fd")) == before


def test_where_links_in_a_removed_tree_lead_nothing_is_removed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    (tmp_path / "gone/sub").mkdir(parents=True)
    (tmp_path / "gone/sub/link").symlink_to(tmp_path / "kept")
    (tmp_path / "gone/itself").symlink_to(".")
    folder = os.open(tmp_path, os.O_RDONLY)
    remove_tree(folder, "gone")
    assert (tmp_path / "kept/file").exists()
    assert not (tmp_path / "gone").exists()
    with pytest.raises(FileNotFoundError):
        remove_tree(folder, "gone")
    os.close(folder)


def test_what_cannot_be_removed_is_told_when_the_rest_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b/stays", "c"):
        (tmp_path / "tree" / name).mkdir(parents=True)
        (tmp_path / "tree" / name / "file").touch()
    unlink = os.unlink

    def refuse(name: str, *, dir_fd: int) -> None:
        if os.readlink(f"/proc/self/fd/{dir_fd}").endswith("stays") and name == "file":
            raise PermissionError(errno.EPERM, "operation not permitted")
        unlink(name, dir_fd=dir_fd)

    folder = os.open(tmp_path, os.O_RDONLY)
    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(PermissionError):
        remove_tree(folder, "tree")
    monkeypatch.undo()
    os.close(folder)
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))] == [
        "tree", "tree/b", "tree/b/stays", "tree/b/stays/file",
    ]  # fmt: skip
