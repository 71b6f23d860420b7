"""Connect a container again whose task containerd's restart monitor, or a reboot, has started.

The shim waits for the monitor, which waits for this: the task's process is not there yet. What is left of the
run before, whose end may not have been settled yet, makes room.
"""

import os
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from nerdpy import labels
from nerdpy.container.connect import Connection, requested_ports, take_ports, wish_of
from nerdpy.container.find import find
from nerdpy.container.pins import give_up_mounts, prepare_pins
from nerdpy.container.shm import prepare_shm
from nerdpy.container.status import BEFORE, RESTARTED_BY, VANISHED, now
from nerdpy.container.telling import tell, tell_death, tell_volumes
from nerdpy.container.watched import MONITOR, marked
from nerdpy.dockercompat.ports import mapping_to_json
from nerdpy.engine import Engine
from nerdpy.errors import Conflict
from nerdpy.linux import process
from nerdpy.model.records import ContainerRecord
from nerdpy.stdio.monitor import MonitorConnection

PATIENCE = timedelta(seconds=3)
HASTE = timedelta(milliseconds=200)


def reconnect(engine: Engine, container_id: str) -> None:
    """Network, ports, hosts files and the start time, as `start` would have made them."""
    with ExitStack() as held:
        _hold(engine, container_id, held)
        record = find(engine, container_id)
        if _is_stopped(record):
            raise Conflict(f"container {container_id[:12]} has been stopped")
        prepare_shm(engine, record)
        with ExitStack() as undo:
            undo.callback(give_up_mounts, engine, record)
            prepare_pins(engine, record)
            wish = wish_of(engine, record)
            lease = take_ports(engine, wish, requested_ports(record))
            connection = Connection(engine, wish, lease).begin()
            undo.callback(connection.undo)
            connection.join()
            _hand_over(engine, container_id, connection)
            undo.pop_all()
        connection.close()
        _tell(engine, record)
        parent = os.getppid()
        engine.store.containers.save_lifecycle(
            container_id,
            {
                "started_at": now(),
                "ports": [mapping_to_json(mapping) for mapping in connection.ports],
                RESTARTED_BY: [parent, process.start_time(parent)],
                MONITOR: marked(parent),
                BEFORE: _run_before(engine, container_id),
            },
        )


def _tell(engine: Engine, record: ContainerRecord) -> None:
    before = _run_before(engine, record.id)
    if not engine.store.containers.load_lifecycle(record.id).get("finished_at"):
        tell_death(engine, record, before)
        tell_volumes(engine, record, "unmount")
    tell_volumes(engine, record, "mount")
    tell(engine, record, "start")


def _run_before(engine: Engine, container_id: str) -> dict[str, Any]:
    """How it ended; its exit may not have been settled yet."""
    lifecycle = engine.store.containers.load_lifecycle(container_id)
    end = lifecycle if lifecycle.get("finished_at") else engine.store.containers.load_end(container_id)
    vanished = {"exit_code": VANISHED, "finished_at": now(), "oom_killed": False}
    return {key: {**vanished, **end}[key] for key in vanished} | {"started_at": lifecycle.get("started_at")}


def _hold(engine: Engine, container_id: str, held: ExitStack) -> None:
    """Take the container's lock, but don't insist: its holder may be asking the shim for the task, which
    answers when we are done. A container that is being stopped or removed is not connected any more; another
    that we can't have soon is started again by the restart monitor, at its next look."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while True:
        try:
            held.enter_context(engine.store.locks.container(container_id, HASTE))
            return
        except Conflict:
            if _is_stopped(find(engine, container_id)) or time.monotonic() > deadline:
                raise


def _is_stopped(record: ContainerRecord) -> bool:
    """Did the user stop it, after containerd's restart monitor had decided to start it?"""
    return record.labels.get(labels.EXPLICITLY_STOPPED) == "true"


def _hand_over(engine: Engine, container_id: str, connection: Connection) -> None:
    """Give the ports to the monitor that waits for us."""
    if connection.sockets:
        monitor = MonitorConnection.connect(engine.paths.attach_socket(container_id), streams=())
        monitor.hold_ports(connection.sockets)
        monitor.close()
