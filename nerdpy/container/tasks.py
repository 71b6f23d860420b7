"""The tasks of all containers at once, however many of their shims hang."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from nerdpy.engine import Engine
from nerdpy.errors import DeadlineExceeded, NotFound, Unavailable
from nerdpy.model.records import TaskStatus

LISTING = timedelta(seconds=3)
"""containerd asks one shim after the other and gives each two seconds: a list that takes longer has met more
than one that hangs."""
_AT_ONCE = 32


def tasks_of_all(engine: Engine) -> dict[str, TaskStatus]:
    """Container id -> its task, by one call. Only when that takes too long each container is asked for by
    itself, all at once: a shim that does not answer makes its own task `unknown` and delays no other."""
    try:
        return {task.id: task for task in engine.containerd.within(LISTING).tasks.list()}
    except DeadlineExceeded:
        pass
    ids = [record.id for record in engine.containerd.containers.list()]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda container_id: task_of(engine, container_id), ids)
        return {task.id: task for task in found if task is not None}


def task_of(engine: Engine, container_id: str) -> TaskStatus | None:
    """The container's task, or None; `unknown` when its shim does not answer."""
    try:
        return engine.containerd.tasks.get(container_id)
    except NotFound:
        return None
    except (DeadlineExceeded, Unavailable):
        return TaskStatus(id=container_id, pid=0, status="unknown")
