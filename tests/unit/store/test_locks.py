"""One change at a time."""

from datetime import timedelta
from pathlib import Path

import pytest

from nerdpy.errors import Conflict
from nerdpy.paths import StorePaths
from nerdpy.store.locks import Locks


@pytest.fixture
def locks(tmp_path: Path) -> Locks:
    return Locks(StorePaths(tmp_path / "data", tmp_path / "state", "default"))


def test_a_second_change_is_refused_while_the_first_lasts(locks: Locks) -> None:
    with locks.container("abc"), pytest.raises(Conflict), locks.container("abc", patience=timedelta()):
        pass
    with locks.container("abc", patience=timedelta()):
        pass


def test_whoever_does_not_get_the_path_goes_on(locks: Locks, tmp_path: Path) -> None:
    with locks.path_if_free(tmp_path / "lock") as first, locks.path_if_free(tmp_path / "lock") as second:
        assert (first, second) == (True, False)


@pytest.mark.parametrize("has_folder", [True, False])
def test_the_lock_of_a_container_without_a_folder_leaves_no_file(locks: Locks, has_folder: bool) -> None:
    if has_folder:
        locks.paths.container("abc").mkdir(parents=True)
    with locks.container("abc"):
        assert locks.paths.lock("abc").exists()
    assert locks.paths.lock("abc").exists() == has_folder


def test_a_forgotten_lock_leaves_no_file(locks: Locks) -> None:
    locks.paths.container("abc").mkdir(parents=True)
    with locks.container("abc"):
        locks.forget("abc")
    assert not locks.paths.lock("abc").exists()
    with locks.container("abc"):
        assert locks.paths.lock("abc").exists()


def test_a_lock_without_a_folder_is_an_orphan_of_its_namespace(locks: Locks) -> None:
    locks.paths.container("kept").mkdir(parents=True)
    assert locks.orphaned() == []
    with locks.container("kept"), locks.container("gone"):
        assert locks.orphaned() == ["gone"]
    elsewhere = Locks(StorePaths(locks.paths.data, locks.paths.state, "other"))
    elsewhere.paths.lock("far").parent.mkdir(parents=True)
    elsewhere.paths.lock("far").touch()
    assert (locks.orphaned(), elsewhere.orphaned()) == ([], ["far"])
