"""What the kernel said since a moment."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from nerdpy.linux import kernel_log

LOG = 99


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two records, an hour and a second old; one was overwritten while it was to be read."""
    uptime = time.clock_gettime(time.CLOCK_MONOTONIC_RAW)
    old, new = ((uptime - age) * 1e6 for age in (3600, 1))
    left: list[bytes | OSError] = [
        b"6,1,%d,-;long ago\n" % old,
        BrokenPipeError(),
        b"6,2,%d,-,caller=T1;just now; it was\n SUBSYSTEM=x\n" % new,
        b"nonsense",
        BlockingIOError(),
    ]

    def read(descriptor: int, size: int) -> bytes:
        record = left.pop(0)
        if isinstance(record, OSError):
            raise record
        return record

    monkeypatch.setattr(os, "open", lambda path, flags: LOG)
    monkeypatch.setattr(os, "read", read)
    monkeypatch.setattr(os, "close", lambda descriptor: None)


@pytest.mark.usefixtures("log")
def test_what_is_older_is_passed_over() -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert list(kernel_log.messages(since)) == ["just now; it was\n SUBSYSTEM=x\n"]


@pytest.mark.usefixtures("log")
def test_all_of_it_is_told_in_its_order() -> None:
    texts = list(kernel_log.messages(datetime.now(UTC) - timedelta(hours=2)))
    assert [text.partition("\n")[0] for text in texts] == ["long ago", "just now; it was"]


def test_a_log_that_may_not_be_read_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, flags: int) -> int:
        raise PermissionError(path)

    monkeypatch.setattr(os, "open", refuse)
    assert list(kernel_log.messages(datetime.now(UTC))) == []
