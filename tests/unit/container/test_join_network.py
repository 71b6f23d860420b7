"""Who changes a container's networks waits for a restart that is going on."""

import time
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from nerdpy.container import join_network
from nerdpy.container.join_network import settled

ENGINE: Any = SimpleNamespace(store=SimpleNamespace(locks=SimpleNamespace(container=lambda _: nullcontext())))


def look(status: str, *, restarting: bool = False) -> Any:
    return SimpleNamespace(state=SimpleNamespace(status=status), is_being_restarted=restarting)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(join_network, "find", lambda engine, container_id: container_id)
    monkeypatch.setattr(join_network, "look_at", lambda engine, record: found.pop(0))
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda seconds: None)
    monkeypatch.setattr(join_network, "time", clock)
    return found


def test_one_that_is_being_restarted_is_looked_at_again(looks: list[Any]) -> None:
    looks += [look("restarting", restarting=True), look("unknown"), look("running"), look("exited")]
    with settled(ENGINE, "id") as seen:
        assert seen.state.status == "running"
    assert len(looks) == 1


def test_one_that_never_settles_is_shown_as_it_is(looks: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join_network, "PATIENCE", timedelta(seconds=-1))
    looks += [look("unknown")]
    with settled(ENGINE, "id") as seen:
        assert seen.state.status == "unknown"
