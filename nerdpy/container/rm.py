"""Remove containers."""

from nerdpy import labels
from nerdpy.container.look import look_at
from nerdpy.container.stop import mark_stopped
from nerdpy.container.teardown import remove_all
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NotFound
from nerdpy.model.records import ContainerRecord


def remove(
    engine: Engine, record: ContainerRecord, *, force: bool = False, with_volumes: bool = False
) -> None:
    """Remove the container and all that belongs to it; a running one only with `force`, which kills it.

    `with_volumes` takes its anonymous volumes away too. Somebody else's having removed it meanwhile is fine.
    """
    with engine.store.locks.container(record.id):
        try:
            record = engine.containerd.containers.get(record.id)
        except NotFound:
            engine.store.locks.forget(record.id)
            return
        look = look_at(engine, record)
        if look.state.status in {"running", "paused", "restarting"} and not force:
            raise _must_be_forced(record, look.state.status)
        intent = engine.store.intents.begin(
            "remove", record.id, name=record.labels.get(labels.NAME, ""), with_volumes=with_volumes
        )
        mark_stopped(engine, record)
        remove_all(engine, record.id, with_volumes=with_volumes)
        engine.store.locks.forget(record.id)
        intent.done()


def _must_be_forced(record: ContainerRecord, status: str) -> FailedPrecondition:
    shown = record.labels.get(labels.NAME) or record.id[:12]
    way = "unpause and stop it first" if status == "paused" else "stop it first"
    return FailedPrecondition(
        f'cannot remove container "{shown}": it is {status}, so it must be forced',
        hint=f"{way}, or use `nerdpy rm -f {shown}`",
    )
