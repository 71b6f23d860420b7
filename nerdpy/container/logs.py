"""The output of a container, as its log driver kept it."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from nerdpy import labels
from nerdpy.container import nerdctl
from nerdpy.container.find import name_of
from nerdpy.container.look import task_of
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, InvalidArgument, NerdpyError
from nerdpy.logs.viewer import LogView, check_readable, view_log
from nerdpy.model.records import ContainerRecord
from nerdpy.model.timestamps import parse_timestamp
from nerdpy.stdio.monitor import MonitorConnection


@dataclass(frozen=True, kw_only=True)
class LogOptions:
    """As typed."""

    details: bool = False
    follow: bool = False
    since: str = ""
    until: str = ""
    tail: str = "all"
    timestamps: bool = False


def logs(engine: Engine, record: ContainerRecord, options: LogOptions) -> Iterator[tuple[str, bytes]]:
    """("stdout" or "stderr", what to write there); with `follow` until the container has ended."""
    wish = _wish(record, options)
    path = _path(engine, record)
    if path is None:
        return iter(())
    is_running = _watch(engine, record) if options.follow else (lambda: False)
    return view_log(path, wish, is_running)


def _wish(record: ContainerRecord, options: LogOptions) -> LogView:
    now = datetime.now().astimezone()
    return LogView(
        tail=_tail(options.tail),
        since=parse_timestamp(options.since, now) if options.since else None,
        until=parse_timestamp(options.until, now) if options.until else None,
        timestamps=options.timestamps,
        details=options.details,
        follow=options.follow,
    )


def _tail(text: str) -> int | None:
    if text == "all":
        return None
    if not text.isdecimal():
        raise InvalidArgument(f'invalid value "{text}" for --tail', hint="a number of lines, or all")
    return int(text)


def _path(engine: Engine, record: ContainerRecord) -> Path | None:
    """Where the log is; None for a container that was never started, which has said nothing yet."""
    shown = name_of(record) or record.id[:12]
    config = _log_config(record)
    driver = config.get("driver", "json-file")
    if driver != "json-file":
        raise FailedPrecondition(
            f'container {shown} logs by driver "{driver}", which does not keep logs that can be read',
            hint="make the container with --log-driver json-file",
        )
    path = Path(config.get("opts", {}).get("log-path") or engine.paths.log(record.id))
    if not path.exists():
        path = nerdctl.log_of(record) or path
    task = task_of(engine, record.id)
    if task is None and _never_started(engine, record) and not path.exists():
        return None
    if task is None or not path.parent.exists():
        check_readable(path, shown)
    return path


def _never_started(engine: Engine, record: ContainerRecord) -> bool:
    """One of ours, that is: of others' containers nobody knows."""
    return labels.NAME in record.labels and not engine.store.containers.load_lifecycle(record.id).get(
        "started_at"
    )


def _log_config(record: ContainerRecord) -> dict[str, Any]:
    with suppress(ValueError):
        value = json.loads(record.labels.get(labels.LOG_CONFIG, "{}"))
        if isinstance(value, dict):
            return value
    return {}


def _watch(engine: Engine, record: ContainerRecord) -> Callable[[], bool]:
    """Is more to come? The monitor knows best: the log is complete when it says the end."""
    try:
        return MonitorConnection.connect(engine.paths.attach_socket(record.id), streams=()).look
    except (NerdpyError, OSError):
        return lambda: _has_task(engine, record.id)


def _has_task(engine: Engine, container_id: str) -> bool:
    task = task_of(engine, container_id)
    return task is not None and task.status in {"running", "paused", "pausing"}
