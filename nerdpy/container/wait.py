"""Wait until containers end, and tell their exit codes."""

from collections.abc import Callable

from nerdpy.container.find import find_all, raise_all
from nerdpy.container.look import look_at
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, NotFound
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


def wait_for_all(engine: Engine, names: list[str], told: Callable[[int], None]) -> None:
    """The exit codes in the order asked, each as soon as it is known. All must exist before any is waited
    for."""
    found, errors = find_all(engine, names)
    for _, record in found:
        try:
            told(wait(engine, record))
        except NerdpyError as error:
            errors.append(error)
    raise_all(errors)
