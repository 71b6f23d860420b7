"""The tasks of all containers at once, however many of their shims hang."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic, sleep

from nerdpy.engine import Engine
from nerdpy.errors import DeadlineExceeded, NotFound, Unavailable
from nerdpy.model.records import TaskStatus

LISTING = timedelta(seconds=3)
"""containerd asks one shim after the other and gives each two seconds: a list that takes longer has met more
than one that hangs."""
_AT_ONCE = 32


_HANGS = 1.0
"""Seconds: containerd waits twice as long for a shim that hangs. An `unknown` that comes sooner is a shim on
its way out, or in."""
_PAUSE = 0.02


def tasks_of_all(engine: Engine) -> dict[str, TaskStatus]:
    """Container id -> its task, by one call. Only when that takes too long each container is asked for by
    itself, all at once: a shim that does not answer makes its own task `unknown` and delays no other."""
    began = monotonic()
    try:
        tasks = engine.containerd.within(LISTING).tasks.list()
    except DeadlineExceeded:
        return _each_asked(engine, [record.id for record in engine.containerd.containers.list()])
    passing = [task.id for task in tasks if task.status == "unknown"] if monotonic() - began < _HANGS else []
    settled = {task.id: task for task in tasks if task.id not in passing}
    return settled | _each_asked(engine, passing) if passing else settled


def task_of(engine: Engine, container_id: str) -> TaskStatus | None:
    """The container's task, or None; `unknown` when its shim does not answer."""
    began = monotonic()
    while True:
        task = _asked(engine, container_id)
        if task is None or task.status != "unknown" or monotonic() - began > _HANGS:
            return task
        sleep(_PAUSE)


def _each_asked(engine: Engine, ids: Sequence[str]) -> dict[str, TaskStatus]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda container_id: task_of(engine, container_id), ids)
        return {task.id: task for task in found if task is not None}


def _asked(engine: Engine, container_id: str) -> TaskStatus | None:
    try:
        return engine.containerd.tasks.get(container_id)
    except NotFound:
        return None
    except (DeadlineExceeded, Unavailable):
        return TaskStatus(id=container_id, pid=0, status="unknown")
