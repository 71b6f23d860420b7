"""Intents: written before, struck out after, orphaned when their process is gone."""

import os
from pathlib import Path

import pytest

from nerdpy.model.monitor import intent_name
from nerdpy.paths import StorePaths
from nerdpy.store.intents import Intent, Intents

GONE = (2**22 - 1, 1)
STRANGER = (os.getpid(), 1)


@pytest.fixture
def intents(tmp_path: Path) -> Intents:
    return Intents(StorePaths(tmp_path / "data", tmp_path / "state", "name.space"))


def orphan(intents: Intents, intent: Intent, owner: tuple[int, int] = GONE) -> Path:
    """The same intent, left by a process that is gone."""
    name = intent_name(intent.namespace, intent.container_id, intent.operation, *owner)
    return intent.path.rename(intent.path.with_name(name))


def test_nothing_stands_at_first(intents: Intents) -> None:
    assert intents.orphaned() == []


def test_an_intent_stands_until_it_is_struck_out(intents: Intents) -> None:
    intent = intents.begin("create", "abc", name="web")
    assert intent.path.exists()
    intent.done()
    intent.done()
    assert list(intents.paths.intents.iterdir()) == []


def test_an_intent_of_a_living_process_is_no_orphan(intents: Intents) -> None:
    intents.begin("create", "abc")
    assert intents.orphaned() == []


@pytest.mark.parametrize("owner", [GONE, STRANGER], ids=["gone", "stranger"])
def test_an_intent_of_a_dead_process_is_orphaned(intents: Intents, owner: tuple[int, int]) -> None:
    path = orphan(intents, intents.begin("create", "a.bc", name="web"), owner)
    assert intents.orphaned() == [Intent(path, "create", "name.space", "a.bc", {"name": "web"})]


def test_facts_that_come_later_are_added(intents: Intents) -> None:
    intent = intents.begin("create", "abc", name="web")
    intent.add(volumes=["v"])
    intent.add(volumes=["v", "w"])
    orphan(intents, intent)
    assert [one.facts for one in intents.orphaned()] == [{"name": "web", "volumes": ["v", "w"]}]


def test_a_torn_line_tells_of_nothing(intents: Intents) -> None:
    path = orphan(intents, intents.begin("create", "abc", name="web"))
    with path.open("a") as file:
        file.write('{"facts": {"volumes": ["v')
    assert [one.facts for one in intents.orphaned()] == [{"name": "web"}]


def test_the_intents_of_the_living_are_those_of_one_operation_and_namespace(intents: Intents) -> None:
    one = intents.begin("create", "abc", name="web")
    intents.begin("start", "def")
    orphan(intents, intents.begin("create", "ghi"))
    Intents(StorePaths(intents.paths.data, intents.paths.state, "other")).begin("create", "jkl")
    assert intents.living("create") == [one]


@pytest.mark.parametrize("text", ["", "{", "{}\n", "[]\n", '{"operation": "create"'])
def test_what_had_not_begun_is_taken_away(intents: Intents, text: str) -> None:
    path = orphan(intents, intents.begin("create", "abc"))
    path.write_text(text)
    assert intents.orphaned() == []
    assert not path.exists()


def test_a_file_that_is_no_intent_is_taken_away(intents: Intents) -> None:
    intents.paths.intents.mkdir(parents=True)
    (intents.paths.intents / "a.b.create.1.json").write_text("{}")
    assert intents.orphaned() == []
    assert list(intents.paths.intents.iterdir()) == []
