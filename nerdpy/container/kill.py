"""Send a signal to the main process of a running container."""

from nerdpy import labels
from nerdpy.container.look import look_at, refuse_unless_running
from nerdpy.container.stop import mark_stopped, stop_signal
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NotFound
from nerdpy.model.records import ContainerRecord
from nerdpy.model.signals import parse_signal


def kill(engine: Engine, record: ContainerRecord, *, signal: str = "KILL") -> None:
    """Send `signal` (a name or number). The end of the container, if it ends, is the monitor's business."""
    number = parse_signal(signal)
    refuse_unless_running(look_at(engine, record), record.labels.get(labels.NAME) or record.id[:12])
    if number in {9, stop_signal(record, "")}:
        mark_stopped(engine, record)
    try:
        engine.containerd.tasks.kill(record.id, number)
    except (NotFound, FailedPrecondition) as error:
        raise FailedPrecondition(f"container {record.id[:12]} is not running") from error
