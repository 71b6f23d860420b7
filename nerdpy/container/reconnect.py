"""Connect a container again whose task containerd's restart monitor, or a reboot, has started.

The shim waits for the monitor, which waits for this: the task's process is not there yet. What is left of the
run before, whose end may not have been settled yet, makes room.
"""

import os

from nerdpy.container.connect import Connection, requested_ports, take_ports, wish_of
from nerdpy.container.exited import RESTARTED_BY
from nerdpy.container.find import find
from nerdpy.container.shm import prepare_shm
from nerdpy.container.status import now
from nerdpy.dockercompat.ports import mapping_to_json
from nerdpy.engine import Engine
from nerdpy.linux import process
from nerdpy.stdio.monitor import MonitorConnection


def reconnect(engine: Engine, container_id: str) -> None:
    """Network, ports, hosts files and the start time, as `start` would have made them."""
    with engine.store.locks.container(container_id):
        record = find(engine, container_id)
        prepare_shm(engine, record)
        wish = wish_of(engine, record)
        lease = take_ports(engine, wish, requested_ports(record))
        connection = Connection(engine, wish, lease).begin()
        try:
            connection.join()
            _hand_over(engine, container_id, connection)
        except BaseException:
            connection.undo()
            raise
        connection.close()
        parent = os.getppid()
        engine.store.containers.save_lifecycle(
            container_id,
            {
                "started_at": now(),
                "ports": [mapping_to_json(mapping) for mapping in connection.ports],
                RESTARTED_BY: [parent, process.start_time(parent)],
            },
        )


def _hand_over(engine: Engine, container_id: str, connection: Connection) -> None:
    """Give the ports to the monitor that waits for us."""
    if connection.sockets:
        monitor = MonitorConnection.connect(engine.paths.attach_socket(container_id), streams=())
        monitor.hold_ports(connection.sockets)
        monitor.close()
