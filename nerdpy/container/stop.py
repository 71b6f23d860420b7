"""Stop a container: its stop signal, the grace period, then SIGKILL; and clean up behind it."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from threading import Thread

from nerdpy import labels
from nerdpy.container.look import look_at
from nerdpy.container.telling import tell
from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.errors import DeadlineExceeded, FailedPrecondition, InvalidArgument, NotFound
from nerdpy.model.records import ContainerRecord
from nerdpy.model.signals import parse_signal
from nerdpy.stdio.monitor import claiming_exit

DEFAULT_TIMEOUT = timedelta(seconds=10)
CLEANING_UP = "nerdpy.container.exited"
"""Brings networks along; it is read while containerd and the container are at work, and costs no time so."""


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
    reading = Thread(target=import_module, args=(CLEANING_UP,))
    reading.start()
    try:
        _stop(engine, record, timeout, signal, keeps=keeps)
    finally:
        reading.join()


def _stop(
    engine: Engine, record: ContainerRecord, timeout: timedelta | None, signal: str, *, keeps: bool
) -> None:
    number = stop_signal(record, signal)
    grace = timeout if timeout is not None else stop_timeout(record)
    with engine.store.locks.container(record.id), claiming_exit(engine.paths.attach_socket(record.id)):
        record = mark_stopped(engine, record)  # before the shim is asked: it may be waiting for us to let go
        look = look_at(engine, record)
        if look.task is not None and look.task.status == "unknown":
            raise FailedPrecondition(
                f"the shim of container {record.id[:12]} does not answer",
                hint="remove the container with `nerdpy rm -f`, or look at the engine's log",
            )
        if look.state.is_running:
            tell(engine, record, "kill", signal=str(number if grace else 9))
            end(
                engine,
                record.id,
                number,
                grace,
                lambda: tell(engine, record, "kill", signal="9"),
                is_paused=look.state.status == "paused",
            )
        from nerdpy.container.exited import settle  # read meanwhile

        settle(engine, record, keeps=keeps)
        if look.state.is_running:
            tell(engine, record, "stop")


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


def mark_stopped(engine: Engine, record: ContainerRecord) -> ContainerRecord:
    """Tell containerd's restart monitor that this end is wanted: stop means stop. Returns the record as it is
    then.

    The status goes altogether: of what is to be `stopped` the monitor kills the task at its next look, grace
    period or not. `settle` writes it when there is no task any more.
    """
    if labels.RESTART_POLICY not in record.labels:
        return record
    engine.containerd.containers.update(
        record.id, labels={labels.EXPLICITLY_STOPPED: "true", labels.RESTART_STATUS: None}
    )
    kept = {key: value for key, value in record.labels.items() if key != labels.RESTART_STATUS}
    return replace(record, labels=kept | {labels.EXPLICITLY_STOPPED: "true"})


def end(
    engine: Engine,
    container_id: str,
    number: int,
    grace: timedelta,
    before_kill: Callable[[], None] = lambda: None,
    *,
    is_paused: bool,
) -> None:
    """Send the signal, wait for the grace period, and kill what is left."""
    tasks = engine.containerd.tasks
    try:
        waiting = tasks.wait(container_id)
        if is_paused:
            tasks.resume(container_id)  # a paused process sees no signal
        if grace:
            tasks.kill(container_id, number)
            waiting.result(grace if grace > timedelta() else None)
        else:
            tasks.kill(container_id, 9, everyone=True)
            from nerdpy.container.teardown import finally_ended

            finally_ended(waiting, container_id)
    except DeadlineExceeded:
        from nerdpy.container.teardown import kill_and_wait

        before_kill()
        kill_and_wait(engine, container_id)
    except NotFound:
        return  # it ended by itself meanwhile
