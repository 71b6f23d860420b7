"""Bring all containers of an engine to their end, before the engine itself ends."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from nerdpy import labels
from nerdpy.container.exited import settle
from nerdpy.container.stop import end, stop_signal, stop_timeout
from nerdpy.container.teardown import delete_task
from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.model.records import ContainerRecord
from nerdpy.stdio.monitor import claiming_exit

SIDE_BY_SIDE = 16
"""Their grace periods run at the same time."""


def halt(engine: Engine) -> list[ContainerRecord]:
    """Stop every task in every namespace: signal, grace period, SIGKILL; network and ports are given back.

    Returns the containers that the restart monitor would bring back: it has been told to leave them alone,
    and `resume_restarts` takes that back when nothing can restart them any more.
    """
    paused: list[ContainerRecord] = []
    for found in engine.containerd.namespaces.list():
        one = _in_namespace(engine, found.name)
        running = {task.id: task.status for task in one.containerd.tasks.list()}
        records = [record for record in one.containerd.containers.list() if record.id in running]
        for record in records:
            if record.labels.get(labels.RESTART_STATUS) == "running":
                one.containerd.containers.update(record.id, labels={labels.RESTART_STATUS: None})
                paused.append(replace(record, labels=record.labels | {labels.NAMESPACE: found.name}))
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            list(pool.map(lambda record, one=one, seen=running: _halt(one, record, seen[record.id]), records))
    return paused


def resume_restarts(engine: Engine, paused: list[ContainerRecord]) -> None:
    """The containers are back after the engine's next start, as docker's are."""
    for record in paused:
        client = engine.containerd.in_namespace(record.labels[labels.NAMESPACE])
        with suppress(NotFound):
            client.containers.update(record.id, labels={labels.RESTART_STATUS: "running"})


def _in_namespace(engine: Engine, namespace: str) -> Engine:
    return Engine(replace(engine.config, namespace=namespace), engine.notify)


def _halt(engine: Engine, record: ContainerRecord, status: str) -> None:
    """One container; whatever resists is killed with its shim afterwards (see `clear.py`)."""
    with suppress(NerdpyError):
        is_own = engine.paths.container(record.id).is_dir()
        with engine.store.locks.container(record.id), claiming_exit(engine.paths.attach_socket(record.id)):
            is_paused = status in {"paused", "pausing"}
            end(engine, record.id, stop_signal(record, ""), stop_timeout(record), is_paused=is_paused)
            is_removed = settle(engine, record) if is_own else False
            if not is_removed:
                delete_task(engine, record.id)
            if not is_own:
                engine.store.locks.forget(record.id)
