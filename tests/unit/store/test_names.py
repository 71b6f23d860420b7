"""Who owns a name."""

import json
import os
from pathlib import Path

import pytest

from nerdpy.paths import StorePaths
from nerdpy.store.names import NameInUse, Names

GONE = {"id": "dead", "pid": 2**22 - 1, "start_time": 1}


@pytest.fixture
def names(tmp_path: Path) -> Names:
    return Names(StorePaths(tmp_path / "data", tmp_path / "state", "default"))


def nobody(name: str) -> str | None:
    return None


def test_a_free_name_is_given(names: Names) -> None:
    names.acquire("web", "one", nobody)
    assert json.loads(names.paths.name("web").read_text())["id"] == "one"


def test_a_name_that_a_container_bears_is_refused(names: Names) -> None:
    with pytest.raises(NameInUse) as caught:
        names.acquire("web", "two", lambda name: "0123456789abcdef")
    assert caught.value.message == 'name "web" is already in use by container 0123456789ab'


def test_a_name_that_a_living_process_reserved_is_refused(names: Names) -> None:
    names.acquire("web", "one", nobody)
    with pytest.raises(NameInUse):
        names.acquire("web", "two", nobody)


def test_a_name_that_a_dead_process_reserved_is_free(names: Names) -> None:
    path = names.paths.name("web")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(GONE))
    names.acquire("web", "two", nobody)
    assert json.loads(path.read_text())["id"] == "two"


def test_a_pid_that_belongs_to_somebody_else_by_now_counts_as_dead(names: Names) -> None:
    path = names.paths.name("web")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"id": "dead", "pid": os.getpid(), "start_time": 1}))
    names.acquire("web", "two", nobody)


def test_a_broken_reservation_is_void(names: Names) -> None:
    path = names.paths.name("web")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    names.acquire("web", "two", nobody)


def test_a_name_is_given_back_only_by_its_owner(names: Names) -> None:
    names.acquire("web", "one", nobody)
    names.release("web", "two")
    assert names.paths.name("web").exists()
    names.release("web", "one")
    assert not names.paths.name("web").exists()
    names.release("web", "one")
