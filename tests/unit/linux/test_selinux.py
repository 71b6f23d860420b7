"""Labels of files: which are written. No machine here has SELinux: the writer is a double."""

import os
from pathlib import Path

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.linux.selinux import relabel


def test_everything_below_is_labelled_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").touch()
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub/file").touch()
    (root / "link").symlink_to(tmp_path / "outside")
    seen: list[str] = []

    def write(path: str, label: bytes) -> None:
        assert label == b"a:b:c:s0"
        folder, _, name = path.rpartition("/")
        seen.append(f"{os.path.realpath(folder)}/{name}")

    relabel(str(root), "a:b:c:s0", write)
    expected = [root, root / "link", root / "sub", root / "sub/file"]
    assert sorted(seen) == [str(path) for path in expected]
    seen.clear()
    relabel(str(root / "sub/file"), "a:b:c:s0", write)
    assert seen == [str(root / "sub/file")]


@pytest.mark.parametrize("path", ["/", "/etc", "/usr/", "/tmp/../var"])
def test_the_system_keeps_its_labels(path: str) -> None:
    with pytest.raises(InvalidArgument, match="is not allowed"):
        relabel(path, "a", lambda path, label: pytest.fail("written"))
