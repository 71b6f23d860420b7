"""Wait until containers end, and tell their exit codes."""

from nerdpy.container.look import look_at
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.model.records import ContainerRecord


def wait(engine: Engine, record: ContainerRecord) -> int:
    """The exit code of the container, as soon as it has ended; at once for one that has ended already."""
    look = look_at(engine, record)
    if look.state.status in {"exited", "created"} and look.task is None:
        return look.state.exit_code
    try:
        code, _ = engine.containerd.tasks.wait(record.id).result(None)
        return code
    except NotFound:  # it ended and was cleaned up between the look and the question
        return look_at(engine, record).state.exit_code
