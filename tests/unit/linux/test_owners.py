"""Trees that change their owners."""

import os
from pathlib import Path

import pytest

from nerdpy.linux.owners import shift_owners
from nerdpy.model.idmap import IdMaps, IdRange


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_with_several_names_is_given_away_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "file").touch()
    os.chown(tmp_path / "file", 5, 5)
    (tmp_path / "file").chmod(0o4755)
    os.link(tmp_path / "file", tmp_path / "sub/twin")
    (tmp_path / "link").symlink_to("/etc/passwd")
    ranges = (IdRange(container=0, host=100, size=1000),)
    folder = os.open(tmp_path, os.O_RDONLY)
    shift_owners(folder, IdMaps(uids=ranges, gids=ranges))
    os.close(folder)
    found = (tmp_path / "file").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (105, 105, 0o4755)
    assert (tmp_path / "sub").stat().st_uid == 100
    assert (tmp_path / "link").lstat().st_uid == 100
