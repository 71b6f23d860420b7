"""The output of a container, as its log driver kept it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nerdpy import labels
from nerdpy.container import nerdctl
from nerdpy.container.find import shown_as
from nerdpy.container.look import look_at
from nerdpy.container.watched import is_unwatched
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, InvalidArgument, NerdpyError, NotFound
from nerdpy.logs.viewer import LogView, check_readable, dressed, view_log
from nerdpy.model.records import ContainerRecord
from nerdpy.model.timestamps import parse_timestamp
from nerdpy.stdio.launcher import load_settings
from nerdpy.stdio.monitor import MonitorConnection, is_starting

RESTART_GRACE = timedelta(seconds=2)


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
    """("stdout" or "stderr", what to write there); with `follow` until the container has ended for good."""
    wish = _wish(options)
    if is_unwatched(engine.store.containers.load_lifecycle(record.id)):
        from nerdpy.container.rewatch import watch_again

        watch_again(engine, record)
    settings = load_settings(engine.paths, record.id).log
    watch = Watch(engine, record.id) if options.follow else lambda: False
    driver = settings.driver if settings.driver != "none" else _log_config(record).get("driver", "json-file")
    if driver == "journald":
        return _from_journal(record, wish, watch)
    if driver != "json-file":
        raise FailedPrecondition(
            "configured logging driver does not support reading",
            hint=f'container {shown_as(record)} logs by "{driver}": look there, or use json-file',
        )
    path = Path(settings.path) if settings.path else nerdctl.log_of(record) or engine.paths.log(record.id)
    is_theirs = not path.parent.exists()
    if not path.exists() and (is_theirs or not look_at(engine, record).state.is_running):
        if _never_started(engine, record):
            return iter(())
        check_readable(path, shown_as(record))
    return view_log(path, wish, watch)


def _from_journal(
    record: ContainerRecord, wish: LogView, watch: Callable[[], bool]
) -> Iterator[tuple[str, bytes]]:
    from nerdpy.logs.journal import view_journal

    return dressed(view_journal(record.id, wish, watch), wish)


def _wish(options: LogOptions) -> LogView:
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


class Watch:
    """Asked again and again: is more to come?

    The monitor knows when the log of a run is complete; after that the container may be started again, by
    `nerdpy restart` or by containerd's restart monitor, and the next monitor goes on with the same log.
    """

    def __init__(self, engine: Engine, container_id: str) -> None:
        self._engine = engine
        self._id = container_id
        self._monitor: MonitorConnection | None = None
        self._gives_up: float | None = None

    def __call__(self) -> bool:
        if self._monitor is not None:
            if self._monitor.look():
                return True
            self._monitor.close()
            self._monitor = None
        return self._connects() or self._goes_on()

    def _connects(self) -> bool:
        with suppress(NerdpyError, OSError):
            monitor = MonitorConnection.connect(self._engine.paths.attach_socket(self._id), streams=())
            if monitor.look():
                self._monitor = monitor
                return True
            monitor.close()
        return False

    def _goes_on(self) -> bool:
        if is_starting(self._engine.paths, self._id):
            return True
        try:
            record = self._engine.containerd.containers.get(self._id)
        except NotFound:
            return False
        if look_at(self._engine, record).state.status in {"running", "paused", "restarting"}:
            self._gives_up = None
            return True
        return self._may_be_starting(record)

    def _may_be_starting(self, record: ContainerRecord) -> bool:
        """containerd counts a restart, and only then makes the task: in between it looks like the end."""
        if (
            record.labels.get(labels.RESTART_STATUS) != "running"
            or record.labels.get(labels.EXPLICITLY_STOPPED) == "true"
        ):
            return False
        if self._gives_up is None:
            self._gives_up = time.monotonic() + RESTART_GRACE.total_seconds()
        return time.monotonic() < self._gives_up
