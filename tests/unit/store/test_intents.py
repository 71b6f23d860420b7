"""Intents: written before, struck out after, orphaned when their process is gone."""

import json
from pathlib import Path

import pytest

from nerdpy.paths import StorePaths
from nerdpy.store.intents import Intents


@pytest.fixture
def intents(tmp_path: Path) -> Intents:
    return Intents(StorePaths(tmp_path / "data", tmp_path / "state", "default"))


def test_nothing_stands_at_first(intents: Intents) -> None:
    assert intents.all() == []


def test_an_intent_stands_until_it_is_struck_out(intents: Intents) -> None:
    intent = intents.begin("create", "abc", name="web")
    assert [(one.operation, one.container_id, one.facts) for one in intents.all()] == [
        ("create", "abc", {"name": "web"})
    ]
    assert intents.orphaned() == []
    intent.done()
    intent.done()
    assert intents.all() == []


def test_facts_that_come_later_are_added(intents: Intents) -> None:
    intents.begin("create", "abc", name="web").add(volumes=["v"])
    assert intents.all()[0].facts == {"name": "web", "volumes": ["v"]}


def test_an_intent_of_a_dead_process_is_orphaned(intents: Intents) -> None:
    intent = intents.begin("create", "abc")
    value = json.loads(intent.path.read_text())
    intent.path.write_text(json.dumps(value | {"pid": 2**22 - 1}))
    assert [one.container_id for one in intents.orphaned()] == ["abc"]


def test_what_cannot_be_read_belongs_to_nobody(intents: Intents) -> None:
    intent = intents.begin("create", "abc")
    intent.path.write_text("{")
    assert intents.all() == []
    assert not intent.path.exists()


def test_a_draft_is_no_intent(intents: Intents) -> None:
    intent = intents.begin("create", "abc")
    intent.path.with_suffix(".1.draft").write_text("{")
    assert len(intents.all()) == 1
