"""Two folders compared, with and without an overlay's upper folder as a guide."""

import os
import shutil
from pathlib import Path

import pytest

from nerdpy.linux.changes import compare


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    old = tmp_path / "old"
    for name in ("kept", "edited", "gone", "dir/inner", "dir/gone", "away/x/y", "kind", "touched/x"):
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_text(name)
    shutil.copytree(old, tmp_path / "new", symlinks=True)
    return old, tmp_path / "new"


def found(old: Path, new: Path, upper: Path | None = None) -> list[str]:
    handles = [os.open(path, os.O_RDONLY) for path in (old, new, *([upper] if upper else []))]
    try:
        return [str(change) for change in compare(handles[0], handles[1], handles[2] if upper else None)]
    finally:
        for handle in handles:
            os.close(handle)


def change(new: Path) -> None:
    (new / "edited").write_text("longer than before")
    (new / "gone").unlink()
    (new / "dir/gone").unlink()
    shutil.rmtree(new / "away")
    (new / "kind").unlink()
    (new / "kind").mkdir()
    (new / "kind/file").touch()
    (new / "made/deep").mkdir(parents=True)
    (new / "made/link").symlink_to("deep")
    os.chmod(new / "touched", 0o700)


EXPECTED = [
    "D /away",
    "C /dir",
    "D /dir/gone",
    "C /edited",
    "D /gone",
    "C /kind",
    "A /kind/file",
    "A /made",
    "A /made/deep",
    "A /made/link",
    "C /touched",
]


def test_equal_folders_have_no_changes(folders: tuple[Path, Path]) -> None:
    assert found(*folders) == []
    (folders[1] / "dir").touch()  # the time of a folder says nothing
    assert found(*folders) == []


def test_additions_changes_and_deletions_are_told(folders: tuple[Path, Path]) -> None:
    change(folders[1])
    assert found(*folders) == EXPECTED


def test_a_guide_shortens_the_way_and_changes_nothing(folders: tuple[Path, Path], tmp_path: Path) -> None:
    change(folders[1])
    upper = tmp_path / "upper"
    for name in ("away", "edited", "gone", "dir/gone", "kind/file", "made/deep", "made/link", "touched/none"):
        (upper / name).parent.mkdir(parents=True, exist_ok=True)
        (upper / name).touch()
    assert found(*folders, upper) == EXPECTED
    (folders[1] / "kept").write_text("where the guide does not lead nobody looks")
    assert found(*folders, upper) == EXPECTED


def test_times_of_archives_with_whole_seconds_are_the_same(folders: tuple[Path, Path]) -> None:
    os.utime(folders[0] / "kept", ns=(0, 5 * 10**9))
    os.utime(folders[1] / "kept", ns=(0, 5 * 10**9 + 123))
    assert found(*folders) == []
    os.utime(folders[0] / "kept", ns=(0, 5 * 10**9 + 7))
    assert found(*folders) == ["C /kept"]
