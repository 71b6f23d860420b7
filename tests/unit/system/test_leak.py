"""Whose is it? What `system leaks` reads of files alone."""

import json
from pathlib import Path

import pytest

from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.linux.process import mark
from nerdpy.network.attachment import ContainerNames, Record, save_record
from nerdpy.system.leak import Living, container, entries, owned
from nerdpy.system.leaked_files import leaked_files

ALIVE, GONE = "a" * 64, "b" * 64


@pytest.fixture
def living(tmp_path: Path) -> Living:
    """An engine with one container, asked for nothing."""
    config = Config(data_root=str(tmp_path / "data"), state_root=str(tmp_path / "state"), address="/c.sock")
    found = Living.__new__(Living)
    found.engine = Engine(config)
    found.at_work = set()
    found.records = {"default": {ALIVE: object()}}  # type: ignore[dict-item]  # only who is there counts
    return found


def found(living: Living) -> dict[str, str]:
    return {leak.kind: leak.owner for leak in leaked_files(living)}


def test_what_belongs_to_a_container_is_no_leak(living: Living) -> None:
    paths = living.engine.paths
    for path in (paths.container(ALIVE), paths.stdio(ALIVE), paths.lock(ALIVE).parent, paths.name("").parent):
        path.mkdir(parents=True, exist_ok=True)
    paths.lock(ALIVE).touch()
    assert found(living) == {}


def test_each_file_says_whose_it_was(living: Living) -> None:
    paths = living.engine.paths
    for path in (
        paths.container(GONE),
        paths.lock(GONE).parent,
        paths.name("x").parent,
        paths.drafts,
        paths.intents,
    ):
        path.mkdir(parents=True, exist_ok=True)
    paths.lock(GONE).touch()
    paths.name("ghost").write_text(json.dumps({"id": GONE, "pid": 1 << 22, "start_time": 1}))
    (paths.drafts / "4194304-1-aa").mkdir()
    (paths.intents / f"default.{GONE}.create.4194304-1").touch()
    owner = container("default", GONE)
    assert found(living) == {
        "folder": owner,
        "lock": owner,
        "name": owner,
        "draft": "process 4194304",
        "intent": "process 4194304",
    }


def test_what_a_command_is_working_on_has_an_owner(living: Living) -> None:
    paths = living.engine.paths
    paths.container(GONE).mkdir(parents=True)
    paths.intents.mkdir(parents=True)
    (paths.intents / f"default.{GONE}.create.{mark()}").touch()
    living.at_work = living.engine.store.intents.at_work()
    assert living.at_work == {("default", GONE)}
    assert found(living) == {}


def test_a_stopped_container_owns_nothing_in_the_network(living: Living) -> None:
    path = living.engine.paths.attachment(ALIVE)
    path.parent.mkdir(parents=True)
    assert living.is_attached("default", ALIVE), "nobody knows, so it is not touched"
    save_record(path, Record(state="detached", netns="", links=[], ports=[], names=ContainerNames()))
    assert not living.is_attached("default", ALIVE)
    assert living.has("default", ALIVE)
    living.at_work = {("default", ALIVE)}
    assert living.is_attached("default", ALIVE), "it is just being started"


def test_another_engine_beside_ours_keeps_its_own(living: Living) -> None:
    assert not living.is_elsewhere(f"default-{GONE}")
    (living.engine.paths.data.with_name("0123abcd") / "containers" / "default" / GONE).mkdir(parents=True)
    assert living.is_elsewhere(f"default-{GONE}")


def test_only_ids_are_containers(tmp_path: Path) -> None:
    (tmp_path / "default" / "readme").mkdir(parents=True)
    assert list(owned(tmp_path)) == []
    assert entries(tmp_path / "nothing") == []
