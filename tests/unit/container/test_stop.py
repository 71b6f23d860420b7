"""The patience of stop."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from nerdpy.container.stop import end


class Tasks:
    """A process that ends when it is asked to."""

    def __init__(self) -> None:
        self.patience: list[timedelta | None] = []
        self.signals: list[int] = []

    def wait(self, container_id: str) -> Any:
        return SimpleNamespace(result=self.patience.append)

    def kill(self, container_id: str, number: int) -> None:
        self.signals.append(number)


@pytest.mark.parametrize(("seconds", "patience"), [(-1, None), (-7, None), (7, timedelta(seconds=7))])
def test_a_negative_patience_waits_without_an_end(seconds: int, patience: timedelta | None) -> None:
    tasks: Any = Tasks()
    engine: Any = SimpleNamespace(containerd=SimpleNamespace(tasks=tasks))
    end(engine, "x" * 64, 15, timedelta(seconds=seconds), is_paused=False)
    assert (tasks.signals, tasks.patience) == ([15], [patience])
