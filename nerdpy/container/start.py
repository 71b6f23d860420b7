"""Start a container that exists: network, task, labels, and what is written down of it."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from nerdpy import labels
from nerdpy.container.connect import Connection, requested_ports, take_ports, wish_of
from nerdpy.container.exited import settle
from nerdpy.container.failure import criu_failure, is_unclear, without_code
from nerdpy.container.find import shown_as
from nerdpy.container.join import joined_of, namespace_paths, with_paths
from nerdpy.container.look import look_at
from nerdpy.container.origin import task_mounts
from nerdpy.container.pins import give_up_mounts, prepare_pins
from nerdpy.container.shm import prepare_shm
from nerdpy.container.task import StartedTask, Streams, refuse_if_running, start_task
from nerdpy.container.teardown import delete_task
from nerdpy.container.telling import tell
from nerdpy.container.watched import MONITOR
from nerdpy.dataclass import replace
from nerdpy.dockercompat.ports import mapping_to_json
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.model.ports import PortMapping
from nerdpy.model.records import ContainerRecord
from nerdpy.network.resolver import follow


def start(
    engine: Engine,
    record: ContainerRecord,
    streams: Streams | None = None,
    *,
    checkpoint: Path | None = None,
) -> StartedTask | None:
    """Start the container, from a `checkpoint` if there is one; None when it runs already, which is no error.

    A start that fails leaves the container as it was, with the runtime's sentence as `State.Error`.
    """
    with engine.store.locks.container(record.id):
        look = look_at(engine, record)
        refuse_if_running(look.state.status, shown_as(record))
        if look.state.is_running:
            return None
        disarm(engine, record)
        if look.task is not None:
            settle(engine, record)
            delete_task(engine, record.id)  # kept for containerd's restart monitor: it makes room
        intent = engine.store.intents.begin("start", record.id)
        try:
            task = _start(engine, _restoring(record, checkpoint), streams or Streams())
            intent.done()
            return task
        except NerdpyError as error:
            remember_failure(engine, record.id, error)
            if not is_unclear(error):
                intent.done()
            if checkpoint is not None:
                what = f"container {shown_as(record)} could not be started from checkpoint {checkpoint.name}"
                raise criu_failure(error, what) from error
            raise without_code(error) from error.__cause__


def _restoring(record: ContainerRecord, checkpoint: Path | None) -> ContainerRecord:
    """The record with what tells the shim where the checkpoint is."""
    if checkpoint is None:
        return record
    from nerdpy.containerd.typeurl import restoring

    return replace(record, runtime_options=restoring(record.runtime_options, str(checkpoint)))


def start_only(engine: Engine, record: ContainerRecord, *, checkpoint: Path | None = None) -> None:
    """Start it, connected with nobody."""
    start(engine, record, checkpoint=checkpoint)


def disarm(engine: Engine, record: ContainerRecord) -> None:
    """Hide the container from containerd's restart monitor until it runs: what is to be stopped it would
    kill, what is to run it would start beside us."""
    if labels.RESTART_STATUS in record.labels:
        engine.containerd.containers.update(record.id, labels={labels.RESTART_STATUS: None})


def _start(engine: Engine, record: ContainerRecord, streams: Streams) -> StartedTask:
    record = renew_joined(engine, record)
    prepare_shm(engine, record)
    with ExitStack() as undo:
        undo.callback(give_up_mounts, engine, record)
        prepare_pins(engine, record)
        wish = wish_of(engine, record)
        if not wish.is_cni:
            follow(engine, record.id)
        lease = take_ports(engine, wish, requested_ports(record))
        if lease is not None:
            undo.callback(lease.close)
        connection = Connection(engine, wish, lease).begin()
        undo.callback(connection.undo)
        mounts = task_mounts(engine, record)
        undo.pop_all()
    task = start_task(engine, record, mounts, connection, streams)
    write_start(engine, record, task.started_at, connection.ports, task.watched_by)
    return task


def write_start(
    engine: Engine,
    record: ContainerRecord,
    started_at: datetime | None,
    ports: Sequence[PortMapping],
    watched_by: Sequence[int],
) -> None:
    """Write the start down, and arm the restart monitor where a policy asks for it."""
    engine.store.containers.save_lifecycle(
        record.id,
        {
            "started_at": (started_at or datetime.now(UTC)).isoformat(),
            "ports": [mapping_to_json(mapping) for mapping in ports],
            MONITOR: list(watched_by),
        },
    )
    tell(engine, record, "start", started_at)
    changes: dict[str, str | None] = {}
    if labels.RESTART_POLICY in record.labels:
        changes |= {labels.RESTART_STATUS: "running", labels.EXPLICITLY_STOPPED: "false"}
        if labels.RESTART_COUNT in record.labels:
            changes[labels.RESTART_COUNT] = None  # on-failure:N counts from the last start by hand
    if labels.ERROR in record.labels:
        changes[labels.ERROR] = None
    if changes:
        engine.containerd.containers.update(record.id, labels=changes)


def renew_joined(engine: Engine, record: ContainerRecord) -> ContainerRecord:
    """Look up again whose namespaces are shared: the other container may have restarted."""
    paths = namespace_paths(engine, joined_of(engine, record))
    spec = with_paths(record.spec, paths) if paths else record.spec
    if spec is record.spec:
        return record
    text = json.dumps(spec).encode()
    engine.containerd.containers.update(record.id, spec_json=text)
    return replace(record, spec_json=text)


def remember_failure(engine: Engine, container_id: str, error: NerdpyError) -> None:
    """Keep the runtime's sentence for `inspect`, and the code that a shell would have given."""
    lifecycle = engine.store.containers.load_lifecycle(container_id)
    lifecycle |= {"error": error.message, "exit_code": error.exit_code if error.exit_code > 125 else 128}
    engine.store.containers.save_lifecycle(container_id, lifecycle)
