"""What is to be done when a container has ended, whoever noticed: the monitor, a verb, or the sweeper."""

from nerdpy import labels
from nerdpy.container.look import look_at
from nerdpy.container.teardown import begin_removal, release, remove_all, take_away
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.model.monitor import EXITED
from nerdpy.model.records import ContainerRecord


def exited(engine: Engine, container_id: str) -> None:
    """Record the exit, free network and ports, delete the task, and honour --rm. Does nothing for a running
    one.

    The monitor calls it by `nerdpy internal exited`; a container that has been removed meanwhile is fine.
    When the engine does not answer the intent stands, and the next command does all this.
    """
    intent = engine.store.intents.begin(EXITED, container_id)
    with engine.store.locks.container(container_id):
        settle_or_remove(engine, container_id)
    intent.done()


def settle_or_remove(engine: Engine, container_id: str) -> None:
    """Settle the exit; whatever there is yet of a container that was removed goes too (containerd's restart
    monitor may have been starting it just then)."""
    try:
        record = engine.containerd.containers.get(container_id)
    except NotFound:
        remove_all(engine, container_id)
        engine.store.locks.forget(container_id)
        return
    settle(engine, record)


def settle(engine: Engine, record: ContainerRecord, *, keeps: bool = False) -> bool:
    """Finish the exit of a container that has ended, under its lock. Says whether it was removed by --rm.

    With `keeps` it is not removed: `restart` is about to start it again.
    """
    look = look_at(engine, record)
    if look.state.status in {"running", "paused", "unknown"} or is_fresh(
        look.state.status, look.task is not None
    ):
        return False
    if look.is_being_restarted:
        return False
    if record.labels.get(labels.AUTO_REMOVE) == "true" and not keeps:
        intent = begin_removal(engine, record, with_volumes=True)
        take_away(engine, intent)
        intent.done()
        return True
    intent = engine.store.intents.begin("release", record.id)
    release(engine, record, look.task)
    _keep_stopped(engine, record)
    intent.done()
    return False


def _keep_stopped(engine: Engine, record: ContainerRecord) -> None:
    """A container that was stopped has no task now. Should containerd's restart monitor make one yet, since
    it had decided before, it is to end it at its next look."""
    is_stopped = record.labels.get(labels.EXPLICITLY_STOPPED) == "true"
    if is_stopped and labels.RESTART_POLICY in record.labels and labels.RESTART_STATUS not in record.labels:
        engine.containerd.containers.update(record.id, labels={labels.RESTART_STATUS: "stopped"})


def is_fresh(status: str, has_task: bool) -> bool:
    """Never started, or about to be: there is no exit to settle."""
    return status == "created" and not has_task
