"""Wait until containers end, and tell their exit codes."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from nerdpy.container.find import find_all, raise_all
from nerdpy.container.look import look_at
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, NotFound, Unavailable
from nerdpy.model.records import ContainerRecord

if TYPE_CHECKING:
    from nerdpy.containerd.waiting import Waiting

_PATIENCE = timedelta(seconds=10)
"""containerd clears away behind a shim that has died, and its processes with it."""


def wait(engine: Engine, record: ContainerRecord) -> int:
    """The exit code of the container, as soon as it has ended; at once for one that has ended already."""
    look = look_at(engine, record)
    if look.state.status in {"exited", "created"} and look.task is None:
        return look.state.exit_code
    return exit_code_of(engine, record, engine.containerd.tasks.wait(record.id))


def exit_code_of(engine: Engine, record: ContainerRecord, waiting: "Waiting") -> int:
    """What the question that is under way is answered with; where its shim dies or was quicker, what is known
    of the end otherwise."""
    try:
        return waiting.result(None)[0]
    except NotFound:  # it ended and was cleaned up between the look and the question
        return look_at(engine, record).state.exit_code
    except Unavailable:
        raise
    except NerdpyError:
        deadline = time.monotonic() + _PATIENCE.total_seconds()
        while (state := look_at(engine, record).state).is_running or state.status == "unknown":
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        return state.exit_code


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
