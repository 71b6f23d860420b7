"""Which signals are a wish for the end, that no restart policy undoes."""

import signal

import pytest

from nerdpy import labels
from nerdpy.container.kill import _asks_to_end
from nerdpy.model.records import ContainerId, ContainerRecord

WISHES = [
    ("", signal.SIGTERM, True),
    ("SIGTERM", signal.SIGKILL, True),
    ("SIGTERM", signal.SIGINT, True),
    ("SIGTERM", signal.SIGHUP, False),
    ("SIGTERM", signal.SIGUSR1, False),
    ("SIGTERM", signal.SIGWINCH, False),
    ("SIGQUIT", signal.SIGQUIT, True),
    ("SIGQUIT", signal.SIGKILL, True),
    ("SIGQUIT", signal.SIGTERM, False),
    ("SIGRTMIN+3", signal.SIGRTMIN + 3, True),
]


@pytest.mark.parametrize(("own", "number", "wished"), WISHES)
def test_the_end_is_wished_for_by_the_stop_signal_and_by_force(own: str, number: int, wished: bool) -> None:
    record = ContainerRecord(id=ContainerId("c" * 64), labels={labels.STOP_SIGNAL: own})
    assert _asks_to_end(record, number) is wished
