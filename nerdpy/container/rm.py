"""Remove containers."""

from collections.abc import Callable

from nerdpy import labels
from nerdpy.container.find import find, raise_all
from nerdpy.container.look import look_at
from nerdpy.container.several import each_at_once
from nerdpy.container.stop import mark_stopped
from nerdpy.container.teardown import begin_removal, take_away
from nerdpy.container.telling import tell
from nerdpy.engine import Engine, Warned
from nerdpy.errors import FailedPrecondition, NerdpyError, NotFound
from nerdpy.model.records import ContainerRecord
from nerdpy.stdio.monitor import claiming_exit

_SIDE_BY_SIDE = 8
"""Most of a removal is waiting for the runtime, which takes its time to kill and to clear away."""


def remove(
    engine: Engine, record: ContainerRecord, *, force: bool = False, with_volumes: bool = False
) -> None:
    """Remove the container and all that belongs to it; a running one only with `force`, which kills it.

    `with_volumes` takes its anonymous volumes away too. Somebody else's having removed it meanwhile is fine.
    """
    with engine.store.locks.container(record.id), claiming_exit(engine.paths.attach_socket(record.id)):
        try:
            record = engine.containerd.containers.get(record.id)
        except NotFound:
            engine.store.locks.forget(record.id)
            return
        if force:
            record = mark_stopped(
                engine, record
            )  # before the shim is asked: it may be waiting for us to let go
        look = look_at(engine, record)
        if look.state.status in {"running", "paused", "restarting"} and not force:
            raise _must_be_forced(record, look.state.status)
        if look.state.is_running:
            tell(engine, record, "kill", signal="9")
        intent = begin_removal(engine, record, with_volumes=with_volumes)
        mark_stopped(engine, record)
        take_away(engine, intent)
        intent.done()


def remove_several(
    engine: Engine, names: list[str], *, force: bool, with_volumes: bool, told: Callable[[str], None]
) -> None:
    """Remove each, some at a time, and tell of them in the order given; with `force` one that does not exist
    is no failure (scripts clean up that way)."""

    def remove_one(name: str) -> None:
        remove(engine, find(engine, name), force=force, with_volumes=with_volumes)

    errors: list[NerdpyError] = []
    for name, result in each_at_once(names, remove_one, most=_SIDE_BY_SIDE):
        try:
            result()
        except NotFound as error:
            if force:
                engine.notify(Warned(error.message))
            else:
                errors.append(error)
        except NerdpyError as error:
            errors.append(error)
        else:
            told(name)
    raise_all(errors)


def _must_be_forced(record: ContainerRecord, status: str) -> FailedPrecondition:
    shown = record.labels.get(labels.NAME) or record.id[:12]
    way = "unpause and stop it first" if status == "paused" else "stop it first"
    return FailedPrecondition(
        f'cannot remove container "{shown}": it is {status}, so it must be forced',
        hint=f"{way}, or use `nerdpy rm -f {shown}`",
    )
