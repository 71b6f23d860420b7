"""Finish or undo what commands left behind that were killed (design: intent first, sweep always).

| operation | the dead command was | what the sweeper does |
|---|---|---|
| `create` | making a container (`run` until its task runs) | takes everything away, unless its task runs |
| `start` | starting it | releases it, unless its task runs |
| `remove` | removing it | goes on removing it |
| `release` | cleaning up after its end | goes on cleaning up |
"""

from datetime import timedelta

from nerdpy.container.exited import settle
from nerdpy.container.look import task_of
from nerdpy.container.teardown import remove_all
from nerdpy.dataclass import replace
from nerdpy.engine import Engine, Warned
from nerdpy.errors import Conflict, NerdpyError, NotFound
from nerdpy.linux.rootfs import sweep as sweep_mounts
from nerdpy.store.intents import Intent
from nerdpy.volume.rm import remove_unused

_NO_PATIENCE = timedelta(milliseconds=100)
"""Whoever holds a container's lock is alive, and will leave it in order."""


def sweep(engine: Engine) -> None:
    """Deal with every intent whose process is gone; costs one directory listing when there is none.

    Only one process sweeps at a time, and nobody waits for it: what it can't do now is done the next time.
    """
    if not engine.store.intents.orphaned():
        return
    with engine.store.locks.path_if_free(engine.paths.sweep_lock) as is_ours:
        if is_ours:
            sweep_mounts(engine.paths.mounts)
            for intent in engine.store.intents.orphaned():
                _sweep_one(engine, intent)


def _sweep_one(engine: Engine, intent: Intent) -> None:
    own = _engine_of(engine, intent.namespace)
    try:
        with own.store.locks.container(intent.container_id, patience=_NO_PATIENCE):
            _finish(own, intent)
    except Conflict:
        return  # a living command works on it and settles it
    except NerdpyError as error:
        engine.notify(
            Warned(f"what a dead command left of container {intent.container_id[:12]} stays for now: {error}")
        )
        return
    intent.done()


def _finish(engine: Engine, intent: Intent) -> None:
    container_id = intent.container_id
    if intent.operation in {"create", "start"} and _is_running(engine, container_id):
        return
    if intent.operation in {"create", "remove"}:
        name = str(intent.facts.get("name", ""))
        remove_all(engine, container_id, with_volumes=intent.operation == "create" or _takes_volumes(intent))
        remove_unused(engine, intent.facts.get("volumes", ()))
        engine.store.names.release(name, container_id)
        engine.store.locks.forget(container_id)
        return
    try:
        record = engine.containerd.containers.get(container_id)
    except NotFound:
        remove_all(engine, container_id, with_volumes=False)
        return
    settle(engine, record)


def _is_running(engine: Engine, container_id: str) -> bool:
    task = task_of(engine, container_id)
    return task is not None and task.status in {"running", "paused", "pausing"}


def _takes_volumes(intent: Intent) -> bool:
    return bool(intent.facts.get("with_volumes"))


def _engine_of(engine: Engine, namespace: str) -> Engine:
    if namespace == engine.config.namespace:
        return engine
    return Engine(replace(engine.config, namespace=namespace), engine.notify)
