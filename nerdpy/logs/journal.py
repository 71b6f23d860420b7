"""A log that journald keeps, read back by `journalctl` as entries like those of a json-file log."""

import json
import os
import select
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from nerdpy.errors import FailedPrecondition
from nerdpy.logs.entry import Entry
from nerdpy.logs.viewer import LogView

LOOKS_EVERY = 0.1
"""Seconds between two questions whether the container still runs, while following."""
LAST_WORDS = 1.0
"""Seconds of silence after the container's end: journald tells readers up to a quarter of a second late."""
_OWN = frozenset(
    {
        *("CONTAINER_ID", "CONTAINER_ID_FULL", "CONTAINER_NAME", "CONTAINER_TAG", "IMAGE_NAME", "MESSAGE"),
        *("PRIORITY", "SYSLOG_IDENTIFIER", "SYSLOG_TIMESTAMP", "SYSLOG_PID"),
    }
)


def view_journal(container_id: str, wish: LogView, is_running: Callable[[], bool]) -> Iterator[Entry]:
    """The entries of one container, oldest first; with `follow` until `is_running` says no."""
    program = shutil.which("journalctl")
    if program is None:
        raise FailedPrecondition(
            "the container logs to journald, and journalctl is not installed",
            hint="install systemd's journalctl",
        )
    with _running([program, *words_of(container_id, wish)]) as process:
        for line in _lines(process, wish, is_running):
            if entry := parse_journal_entry(line):
                yield entry


def words_of(container_id: str, wish: LogView) -> list[str]:
    """Pure: what journalctl is asked."""
    words = ["--output=json", "--all", "--quiet", "--no-pager", f"CONTAINER_ID_FULL={container_id}"]
    if wish.follow:
        words.append("--follow")
    if wish.tail is not None or wish.follow:
        words.append(f"--lines={'all' if wish.tail is None else wish.tail}")
    for option, moment in (("since", wish.since), ("until", wish.until)):
        if moment is not None:
            words.append(f"--{option}=@{moment // 1_000_000_000}.{moment % 1_000_000_000 // 1000:06d}")
    return words


def parse_journal_entry(line: bytes) -> Entry | None:
    """Pure: one line of `--output=json`; None for what is none."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    message = value.get("MESSAGE", "")
    if isinstance(message, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in message):
        message = bytes(message).decode(errors="surrogateescape")  # it is no UTF-8
    goes_on = value.get("CONTAINER_PARTIAL_MESSAGE") == "true"
    return Entry(
        f"{message or ''}" + ("" if goes_on else "\n"),
        "stderr" if value.get("PRIORITY") == "3" else "stdout",
        _time_of(value),
        {key: str(item) for key, item in value.items() if _is_attribute(key)},
    )


def _is_attribute(key: str) -> bool:
    return key not in _OWN and not key.startswith(("_", "CONTAINER_PARTIAL_"))


def _time_of(value: Mapping[str, Any]) -> str:
    moment = str(value.get("_SOURCE_REALTIME_TIMESTAMP") or value.get("__REALTIME_TIMESTAMP") or "0")
    when = datetime.fromtimestamp(int(moment) / 1_000_000 if moment.isdecimal() else 0, UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextmanager
def _running(argv: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def _lines(
    process: "subprocess.Popen[bytes]", wish: LogView, is_running: Callable[[], bool]
) -> Iterator[bytes]:
    """Whole lines; while following, until nothing has come since the container was seen to have ended."""
    if process.stdout is None:
        return
    rest, descriptor, patience = b"", process.stdout.fileno(), LOOKS_EVERY
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    while True:
        if wish.follow and not poller.poll(patience * 1000):
            if patience == LAST_WORDS:
                return
            patience = LOOKS_EVERY if is_running() else LAST_WORDS
            continue
        data = os.read(descriptor, 64 << 10)
        *whole, rest = (rest + data).split(b"\n")
        yield from whole
        if not data:
            return
