"""Stop a container: its stop signal, the grace period, then SIGKILL; and clean up behind it."""

from datetime import timedelta

from nerdpy import labels
from nerdpy.container.exited import settle
from nerdpy.container.look import look_at
from nerdpy.container.teardown import finally_ended, kill_and_wait
from nerdpy.engine import Engine
from nerdpy.errors import DeadlineExceeded, FailedPrecondition, InvalidArgument, NotFound
from nerdpy.model.records import ContainerRecord
from nerdpy.model.signals import parse_signal

DEFAULT_TIMEOUT = timedelta(seconds=10)


def stop(
    engine: Engine,
    record: ContainerRecord,
    *,
    timeout: timedelta | None = None,
    signal: str = "",
    keeps: bool = False,
) -> None:
    """Bring the container to its end; one that does not run is fine.

    `timeout`: the grace period; None takes the container's own or 10 s, a negative one waits for ever, zero
    kills at
    once. `signal`: a name or number; empty takes the container's own, or SIGTERM. With `keeps` a container of
    --rm is not removed, for it is to be started again.
    """
    number = stop_signal(record, signal)
    grace = timeout if timeout is not None else stop_timeout(record)
    with engine.store.locks.container(record.id):
        mark_stopped(engine, record)  # before the shim is asked: it may be waiting for us to let go
        look = look_at(engine, record)
        if look.task is not None and look.task.status == "unknown":
            raise FailedPrecondition(
                f"the shim of container {record.id[:12]} does not answer",
                hint="remove the container with `nerdpy rm -f`, or look at the engine's log",
            )
        if look.state.is_running:
            end(engine, record.id, number, grace)
        settle(engine, record, keeps=keeps)


def stop_signal(record: ContainerRecord, given: str) -> int:
    """The number of the signal that asks this container to end."""
    return parse_signal(given or record.labels.get(labels.STOP_SIGNAL, "") or "SIGTERM")


def stop_timeout(record: ContainerRecord) -> timedelta:
    """The grace period of this container."""
    text = record.labels.get(labels.STOP_TIMEOUT, "")
    try:
        return timedelta(seconds=int(text)) if text else DEFAULT_TIMEOUT
    except ValueError as error:
        raise InvalidArgument(f'label {labels.STOP_TIMEOUT} holds "{text}"') from error


def mark_stopped(engine: Engine, record: ContainerRecord) -> None:
    """Tell containerd's restart monitor that this end is wanted: stop means stop."""
    if labels.RESTART_POLICY in record.labels:
        engine.containerd.containers.update(
            record.id, labels={labels.EXPLICITLY_STOPPED: "true", labels.RESTART_STATUS: "stopped"}
        )


def end(engine: Engine, container_id: str, number: int, grace: timedelta) -> None:
    """Send the signal, wait for the grace period, and kill what is left."""
    tasks = engine.containerd.tasks
    try:
        waiting = tasks.wait(container_id)
        _resume(engine, container_id)
        if grace:
            tasks.kill(container_id, number)
            waiting.result(grace if grace > timedelta() else None)
        else:
            tasks.kill(container_id, 9, everyone=True)
            finally_ended(waiting, container_id)
    except DeadlineExceeded:
        kill_and_wait(engine, container_id)
    except NotFound:
        return  # it ended by itself meanwhile


def _resume(engine: Engine, container_id: str) -> None:
    """A paused process sees no signal."""
    if engine.containerd.tasks.get(container_id).status in {"paused", "pausing"}:
        engine.containerd.tasks.resume(container_id)
