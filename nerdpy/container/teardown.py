"""Taking a container apart, every step of it as often as one likes: the verbs, the monitor's call and the
sweeper share it.

`release` gives back what only a running container needs (task, network, ports); `take_away` takes everything.
Each step takes "it is not there" for success, so that a half-made or half-removed container goes the same
way.
"""

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

from nerdpy import labels
from nerdpy.container.lost_shim import end_lost_shim
from nerdpy.container.oom import cgroups_path, ended_by_oom
from nerdpy.container.pidfile import remove_pidfile
from nerdpy.container.pins import give_up_mounts, give_up_volumes, release_pins, views_of
from nerdpy.container.status import VANISHED, has_vanished, moment, now, will_restart
from nerdpy.container.strays import remove_strays
from nerdpy.container.telling import tell, tell_death, tell_volumes
from nerdpy.engine import Engine
from nerdpy.errors import DeadlineExceeded, FailedPrecondition, NerdpyError, NotFound
from nerdpy.linux.mount import unmount
from nerdpy.model.monitor import EXITED_PID
from nerdpy.model.records import ContainerRecord, TaskStatus
from nerdpy.network.attach import detach
from nerdpy.store.intents import Intent

KILL_PATIENCE = timedelta(seconds=10)
"""How long a process may take to die of SIGKILL before the engine is taken to be sick."""


def release(engine: Engine, record: ContainerRecord, task: TaskStatus | None) -> None:
    """After the task has ended: write the exit down, give network and ports back, and delete the task.

    The task stays when containerd's restart monitor needs it to see how the container ended, and where we
    have no folder for the container: others made it, and only the task knows its exit code.
    """
    if not engine.paths.container(record.id).exists():
        return
    lifecycle = engine.store.containers.load_lifecycle(record.id)
    is_told = bool(lifecycle.get("finished_at"))
    if task is not None and task.status == "stopped":
        lifecycle["exit_code"] = task.exit_code
        lifecycle["oom_killed"] = ended_by_oom(engine, record, task.pid, moment(lifecycle.get("started_at")))
        lifecycle[EXITED_PID] = task.pid
        lifecycle["finished_at"] = task.exited_at.isoformat() if task.exited_at else now()
    elif has_vanished(task, lifecycle):
        lifecycle |= {"exit_code": VANISHED, "finished_at": now()}
        lifecycle |= engine.store.containers.load_end(record.id)
    lifecycle.pop("ports", None)
    if not is_told:
        tell_death(engine, record, lifecycle)
    remove_pidfile(record)
    with ThreadPoolExecutor(1) as pool:
        detaching = pool.submit(detach, engine, record.id)
        engine.store.containers.save_lifecycle(record.id, lifecycle)  # else the task alone knows the exit
        if task is not None and not will_restart(record, task, lifecycle):
            _delete_seen(engine, task)
        detaching.result()
    give_up_mounts(engine, record)
    if not is_told:
        tell_volumes(engine, record, "unmount")


def _delete_seen(engine: Engine, task: TaskStatus) -> None:
    """Delete a task that was just looked at: one question less for each container that stops."""
    if task.status != "stopped":
        delete_task(engine, task.id)
        return
    with suppress(NotFound):
        engine.containerd.tasks.delete(task.id)


def delete_task(engine: Engine, container_id: str) -> TaskStatus | None:
    """Delete the task of a container, killing it first if it still runs; how it ended, None without one."""
    with suppress(NotFound):
        if engine.containerd.tasks.get(container_id).status != "stopped":
            kill_and_wait(engine, container_id)
        return engine.containerd.tasks.delete(container_id)
    return None


def kill_and_wait(engine: Engine, container_id: str) -> None:
    """SIGKILL for every process of the container, and wait until the first of them is gone."""
    with suppress(NotFound):
        tasks = engine.containerd.tasks
        waiting = tasks.wait(container_id)
        if tasks.get(container_id).status in {"paused", "pausing"}:
            tasks.resume(container_id)  # a frozen process does not die
        with suppress(FailedPrecondition):
            tasks.kill(container_id, signal.SIGKILL, everyone=True)
        finally_ended(waiting, container_id)


def finally_ended(waiting: object, container_id: str) -> tuple[int, object]:
    """The exit of a container that was killed; an error that says so when it does not die."""
    try:
        result: tuple[int, object] = waiting.result(KILL_PATIENCE)  # type: ignore[attr-defined]  # a Waiting
        return result
    except DeadlineExceeded as error:
        raise NerdpyError(
            f"container {container_id[:12]} does not die of SIGKILL",
            hint="a process in it hangs in the kernel: look for state D with `nerdpy top`",
        ) from error


def begin_removal(engine: Engine, record: ContainerRecord, *, with_volumes: bool) -> Intent:
    """Write down all that is to be known when the container's record is gone already."""
    anonymous = labels.unpacked(labels.ANONYMOUS_VOLUMES, record.labels, []) if with_volumes else []
    return engine.store.intents.begin(
        "remove",
        record.id,
        name=record.labels.get(labels.NAME, ""),
        volumes=anonymous,
        views=views_of(record),
        snapshotter=record.snapshotter,
    )


def take_away(engine: Engine, intent: Intent) -> None:
    """Do what a removal's intent says, or undo what a creation's says."""
    facts = intent.facts
    snapshotter = str(facts.get("snapshotter", ""))
    remove_all(engine, intent.container_id, snapshotter=snapshotter)
    for key in facts.get("views") or ():
        _remove_snapshot(engine, snapshotter, key)
    if volumes := facts.get("volumes"):
        from nerdpy.volume.rm import remove_unused

        remove_unused(engine, volumes, made_for=intent.container_id)
    engine.store.names.release(str(facts.get("name", "")), intent.container_id)
    engine.store.locks.forget(intent.container_id)


def remove_all(engine: Engine, container_id: str, *, snapshotter: str = "") -> None:
    """Take away task, network, record, snapshot, files and name, whatever of it is there."""
    record = _record(engine, container_id)
    with ThreadPoolExecutor(1) as pool:
        detaching = pool.submit(_detach_and_unpin, engine, container_id)
        task = delete_task(engine, container_id)
        detaching.result()
    if record is not None:
        remove_pidfile(record)
        if task is not None:
            _tell_unsettled(engine, record, task)
        with suppress(NotFound):
            engine.containerd.containers.delete(container_id)
            tell(engine, record, "destroy")
        engine.store.names.release(record.labels.get(labels.NAME, ""), container_id)
    where = record.snapshotter if record is not None else snapshotter or engine.config.snapshotter
    key = record.snapshot_key if record is not None else container_id
    release_pins(engine.paths.pins(container_id))
    give_up_volumes(engine, container_id)
    remove_strays(
        engine,
        container_id,
        f"/{engine.config.namespace}/{container_id}" if record is None else cgroups_path(record),
    )
    if key:
        _remove_snapshot(engine, where, key)
    for view in views_of(record) if record is not None else ():
        _remove_snapshot(engine, where, view)
    _remove_files(engine, container_id)


def _tell_unsettled(engine: Engine, record: ContainerRecord, task: TaskStatus) -> None:
    """The end of a container that is removed before its exit was written down, as with --rm."""
    lifecycle = engine.store.containers.load_lifecycle(record.id)
    if lifecycle.get("started_at") and not lifecycle.get("finished_at"):
        ended = task.exited_at.isoformat() if task.exited_at else now()
        killed = ended_by_oom(engine, record, task.pid, moment(lifecycle["started_at"]))
        end = {"exit_code": task.exit_code, "finished_at": ended, "oom_killed": killed}
        tell_death(engine, record, lifecycle | end)
        tell_volumes(engine, record, "unmount")


def _remove_snapshot(engine: Engine, snapshotter: str, key: str) -> None:
    with suppress(NotFound):
        engine.containerd.snapshots(snapshotter or engine.config.snapshotter).remove(key)


def abandon(engine: Engine, intent: Intent) -> None:
    """Undo our own creation. What can't be undone now, for the engine is gone or the disk is sick, is left to
    the next command: the intent stands."""
    with suppress(NerdpyError, OSError):
        end_lost_shim(engine, intent.container_id)
        take_away(engine, intent)
        intent.done()


def _record(engine: Engine, container_id: str) -> ContainerRecord | None:
    with suppress(NotFound):
        return engine.containerd.containers.get(container_id)
    return None


def _detach_and_unpin(engine: Engine, container_id: str) -> None:
    from nerdpy.linux import netns

    detach(engine, container_id)
    netns.remove(engine.paths.netns(container_id))
    netns.remove(engine.paths.userns(container_id))


def _remove_files(engine: Engine, container_id: str) -> None:
    import shutil

    paths = engine.paths
    shm = paths.shm(container_id)
    if shm.exists():
        unmount(shm)
        with suppress(OSError):
            shm.rmdir()
    shutil.rmtree(paths.stdio(container_id), ignore_errors=True)
    engine.store.containers.remove_folder(container_id)
