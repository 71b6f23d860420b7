"""What is told when containerd's shim was too late to see a kill for want of memory."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from nerdpy.model.events import Happening
from nerdpy.model.records import ContainerdEvent
from nerdpy.system.happenings import Translator

NOTED = Happening(nanoseconds=1, type="container", action="oom", id="web", attributes={})
START: dict[str, Any] = {"topic": "/tasks/start"}
OOM: dict[str, Any] = {"topic": "/tasks/oom"}
KILLED: dict[str, Any] = {"topic": "/tasks/exit", "exit_status": 137}
EXITED: dict[str, Any] = {"topic": "/tasks/exit", "exit_status": 1}
EXEC_KILLED: dict[str, Any] = {"topic": "/tasks/exit", "exit_status": 137, "id": "exec-1"}


@pytest.fixture
def translator() -> Translator:
    containers = SimpleNamespace(
        list=list, get=lambda container_id: SimpleNamespace(labels={}, image="b", id="web")
    )
    folders = SimpleNamespace(load_lifecycle=lambda container_id: {})
    engine: Any = SimpleNamespace(
        containerd=SimpleNamespace(containers=containers), store=SimpleNamespace(containers=folders)
    )
    return Translator(engine)


@pytest.mark.parametrize(
    ("events", "is_missed"),
    [
        ((START, KILLED), True),
        ((START, OOM, KILLED), False),
        ((START, OOM, KILLED, START, KILLED), True),
        ((START, KILLED, START), False),
        ((START, EXITED), False),  # a child was killed, long ago perhaps: containerd has told it then
        ((START, EXEC_KILLED), False),
        ((), False),
    ],
)
def test_a_kill_that_containerd_has_not_seen_is_told_once(
    translator: Translator, events: tuple[dict[str, Any], ...], is_missed: bool
) -> None:
    for event in events:
        topic, rest = event["topic"], {key: value for key, value in event.items() if key != "topic"}
        payload = {"container_id": "web", "id": "web", **rest}
        told = translator.translate(
            ContainerdEvent(topic=topic, namespace="default", timestamp=datetime.now(UTC), payload=payload)
        )
        assert told is not None
    assert translator.has_missed(NOTED) is is_missed


def test_other_notes_of_the_journal_are_told_by_containerd(translator: Translator) -> None:
    died = Happening(nanoseconds=1, type="container", action="die", id="web", attributes={})
    assert not translator.has_missed(died)
