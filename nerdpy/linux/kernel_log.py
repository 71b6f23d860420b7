"""The kernel's log as it remembers it: /dev/kmsg (kernel documentation, ABI/testing/dev-kmsg)."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

RECORD_SIZE = 8192
"""The longest record there is."""
SLACK = 1.0
"""Seconds that the clocks may differ by."""


def messages(since: datetime) -> Iterator[str]:
    """The text of each record since then that has not been overwritten; none where the log may not be read
    (dmesg_restrict, a container)."""
    # The log's clock stands still while the machine sleeps, as this one does: then more is told than asked.
    age = (datetime.now(UTC) - since).total_seconds()
    begin = (time.clock_gettime(time.CLOCK_MONOTONIC_RAW) - age - SLACK) * 1e6
    try:
        log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return
    try:
        for record in _records(log):
            prefix, _, text = record.partition(b";")
            fields = prefix.split(b",")
            if len(fields) > 2 and fields[2].isdigit() and int(fields[2]) >= begin:
                yield text.decode(errors="replace")
    finally:
        os.close(log)


def _records(log: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(log, RECORD_SIZE)
        except BrokenPipeError:  # overwritten before it was read: the next one is there
            continue
        except OSError:  # EAGAIN: that was all
            return
