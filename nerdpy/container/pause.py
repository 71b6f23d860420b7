"""Freeze the processes of a container, and thaw them."""

from nerdpy.container.look import look_at, refuse_unless_running
from nerdpy.container.telling import tell
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition
from nerdpy.model.records import ContainerRecord


def pause(engine: Engine, record: ContainerRecord) -> None:
    """Freeze every process of a running container (the cgroup freezer)."""
    look = look_at(engine, record)
    refuse_unless_running(look, record.id[:12])
    if look.state.status == "paused":
        raise FailedPrecondition(f"container {record.id[:12]} is already paused")
    engine.containerd.tasks.pause(record.id)
    tell(engine, record, "pause")


def unpause(engine: Engine, record: ContainerRecord) -> None:
    """Let the processes of a paused container go on."""
    if look_at(engine, record).state.status != "paused":
        raise FailedPrecondition(f"container {record.id[:12]} is not paused")
    engine.containerd.tasks.resume(record.id)
    tell(engine, record, "unpause")
