"""Whether a monitor is gone is seen in what was remembered of it."""

import os

import pytest

from nerdpy.container.watched import MONITOR, is_unwatched, marked


@pytest.mark.parametrize(
    ("remembered", "expected"),
    [
        ({}, False),
        ({MONITOR: []}, False),
        ({MONITOR: "torn"}, False),
        ({MONITOR: [os.getpid(), 1, 2]}, False),
        ({MONITOR: [1, 1, 2]}, False),
        ({MONITOR: [4194304 - 1, 1, 2]}, True),
    ],
)
def test_only_a_monitor_that_is_known_and_gone_is_missed(
    remembered: dict[str, object], expected: bool
) -> None:
    assert is_unwatched(remembered) is expected


def test_the_mark_has_a_place_for_each_stream() -> None:
    pid, *inodes = marked(os.getpid())
    assert (pid, len(inodes)) == (os.getpid(), 2)
    assert marked(4194304 - 1) == [4194304 - 1, 0, 0]
