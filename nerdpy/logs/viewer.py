"""What `nerdpy logs` shows: entries of all the files of a log, chosen, dressed, and followed."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.errors import NotFound
from nerdpy.logs.entry import Entry, parse_entry
from nerdpy.logs.files import LogFiles
from nerdpy.logs.plain import contents
from nerdpy.model.timestamps import SECOND

FIRST_PAUSE, LONGEST_PAUSE = timedelta(milliseconds=10), timedelta(milliseconds=100)
"""Between two looks at a log that does not grow."""
CLOCK_GRAIN = 1.0
"""Seconds that a file's time of change may lag behind its newest entry."""


@dataclass(frozen=True, kw_only=True)
class LogView:
    """What is asked for. Times are nanoseconds since 1970 (`model/timestamps.py`)."""

    tail: int | None = None
    """The last so many lines; None: all."""
    since: int | None = None
    until: int | None = None
    timestamps: bool = False
    details: bool = False
    follow: bool = False


def view_log(path: Path, wish: LogView, is_running: Callable[[], bool]) -> Iterator[tuple[str, bytes]]:
    """("stdout" or "stderr", what to write there), oldest first, through rotated files.

    With `follow` it goes on, also through rotations and restarts, until `is_running` says no and all was
    read. The log is complete when the monitor has gone or has sent its end, which is a little after the task
    has stopped: `MonitorConnection.look` is such an `is_running`.
    """
    if wish.since is None and wish.until is None and not (wish.timestamps or wish.details):
        return (shown for block in _blocks(path, wish, is_running) for shown in contents(block))
    return dressed(_chosen(path, wish, is_running), wish)


def dressed(entries: Iterable[Entry], wish: LogView) -> Iterator[tuple[str, bytes]]:
    """The same for entries from elsewhere."""
    dress = _Dress(wish)
    for entry in entries:
        yield dress.dressed(entry)


class _Dress:
    """Puts time and details before the beginning of each line; a long line is several entries."""

    def __init__(self, wish: LogView) -> None:
        self._wish = wish
        self._inside: dict[str, bool] = {}

    def dressed(self, entry: Entry) -> tuple[str, bytes]:
        wish = self._wish
        content = entry.content()
        if not self._inside.get(entry.stream, False):
            details = f"{entry.details()} " if wish.details else ""
            stamp = f"{entry.fixed_time()} " if wish.timestamps else ""
            content = (stamp + details).encode() + content
        self._inside[entry.stream] = not entry.ends_line
        return entry.stream, content


def _chosen(path: Path, wish: LogView, is_running: Callable[[], bool]) -> Iterator[Entry]:
    blocks = _blocks(path, wish, is_running)
    for line in (line for block in blocks for line in block.split(b"\n")[:-1]):
        entry = parse_entry(line)
        if entry is None:
            continue
        if wish.since is not None or wish.until is not None:
            moment = entry.moment
            if wish.until is not None and moment > wish.until:
                return
            if wish.since is not None and moment < wish.since:
                continue
        yield entry


def _blocks(path: Path, wish: LogView, is_running: Callable[[], bool]) -> Iterator[bytes]:
    was_running = wish.follow and is_running()
    with closing(LogFiles(path)) as files:
        if wish.since is not None:
            files.skip_older_than(wish.since / SECOND - CLOCK_GRAIN)
        if wish.tail is not None:
            _go_to_tail(files, wish.tail)
        yield from files.blocks()
        pause = FIRST_PAUSE
        while was_running:
            was_running = is_running()  # asked before reading: what it says no to is complete
            is_silent = True
            files.turn_over()
            for block in files.blocks():
                is_silent = False
                yield block
            if wish.until is not None and is_silent and time.time_ns() > wish.until:
                return
            pause = min(pause * 2, LONGEST_PAUSE) if is_silent else FIRST_PAUSE
            if was_running and is_silent:
                time.sleep(pause.total_seconds())


def _go_to_tail(files: LogFiles, count: int) -> None:
    """Move to the beginning of the last `count` lines. A last line that has no newline (yet) is one."""
    if count == 0:
        files.start_at_end()
        return
    left, start, is_last = count, (0, 0), True
    for number, offset, line in files.lines_backward():
        entry = parse_entry(line)
        if entry is None:
            continue
        if entry.ends_line or is_last:
            if left == 0:
                break
            left -= 1
        is_last = False
        start = number, offset
    files.start_at(*start)


def check_readable(path: Path, shown: str) -> None:
    """Refuse a log that is not there."""
    if not os.path.exists(path) and not os.path.exists(f"{path}.1"):
        raise NotFound(f"container {shown} has no log", hint="it was never started, or logs to driver none")
