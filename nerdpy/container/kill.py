"""Send a signal to the main process of a running container."""

import signal as signals

from nerdpy import labels
from nerdpy.container.look import look_at, refuse_unless_running
from nerdpy.container.stop import mark_stopped, stop_signal
from nerdpy.container.telling import tell
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NotFound
from nerdpy.model.records import ContainerRecord
from nerdpy.model.signals import parse_signal

ENDING = frozenset({signals.SIGKILL, signals.SIGTERM, signals.SIGINT, signals.SIGQUIT, signals.SIGABRT})


def kill(engine: Engine, record: ContainerRecord, *, signal: str = "KILL") -> None:
    """Send `signal` (a name or number). The end of the container, if it ends, is the monitor's business."""
    number = parse_signal(signal)
    refuse_unless_running(look_at(engine, record), record.labels.get(labels.NAME) or record.id[:12])
    if _asks_to_end(record, number):
        mark_stopped(engine, record)
    tell(engine, record, "kill", signal=str(number))
    try:
        engine.containerd.tasks.kill(record.id, number)
    except (NotFound, FailedPrecondition) as error:
        raise FailedPrecondition(f"container {record.id[:12]} is not running") from error


def _asks_to_end(record: ContainerRecord, number: int) -> bool:
    """Is an end that follows the user's will, so that no restart policy undoes it?

    As docker has it: SIGKILL and the stop signal; without one of the container's own any signal. We leave out
    the others that programs are told to reload by (SIGHUP, say): who survives them is to be restarted later.
    """
    own = stop_signal(record, "")
    return number in {signals.SIGKILL, own} or (own == signals.SIGTERM and number in ENDING)
