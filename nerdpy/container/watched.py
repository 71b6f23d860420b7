"""Is a running container's monitor still there? Asked at each look at it, for the price of one system call.

`lifecycle.json` tells who the monitor is, and which pipes it reads: of one that was killed nothing else could
tell.
"""

import os
from collections.abc import Mapping
from typing import Any

MONITOR = "monitor"
"""Key in lifecycle.json: `[pid, inode of the container's stdout, inode of its stderr]`; 0 for a stream that
the monitor has not."""
_STREAMS = (3, 4)
"""Its descriptors (`monitor/main.py`)."""


def marked(pid: int) -> list[int]:
    """What is remembered of a monitor, while it has its streams."""
    return [pid, *(_inode(f"/proc/{pid}/fd/{number}") for number in _STREAMS)]


def is_unwatched(lifecycle: Mapping[str, Any]) -> bool:
    """Is the monitor gone that the container was started with? A pid that is somebody else's by now hides it:
    that is rare, and does no harm."""
    monitor = lifecycle.get(MONITOR)
    if not isinstance(monitor, list) or not monitor or lifecycle.get("finished_at"):
        return False
    try:
        os.kill(int(monitor[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0
