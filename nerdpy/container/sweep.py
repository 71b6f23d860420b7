"""Finish or undo what commands left behind that were killed (design: intent first, sweep always).

| operation | the dead command was | what the sweeper does |
|---|---|---|
| `create` | making a container (`run` until its task runs) | takes everything away, unless its task runs |
| `start` | starting it | releases it, unless its task runs |
| `remove` | removing it | goes on removing it |
| `rename` | renaming it | frees the name that it has not, and corrects the hosts files |
| `connect`, `disconnect` | changing its networks | gives it those that its labels name |
| `release`, `exited` | cleaning up after its end | goes on cleaning up |
| `view`, `commit` | reading its layers | thaws it, and gives the view back |
| `volume` | filling a volume, or reading one that is a mount | clears away what is half; unmounts |
| `hold` | making an image (there is no container) | gives its lease back, and all that it held |

After a reboot nobody has seen the containers end, so the first command looks at all of them.
"""

from contextlib import suppress
from datetime import timedelta

from nerdpy.container.below import COMMIT, VIEW, give_back
from nerdpy.container.due import has_swept, is_sweep_due
from nerdpy.container.exited import settle, settle_or_remove
from nerdpy.container.join_network import CONNECT
from nerdpy.container.leave_network import DISCONNECT, finish_change
from nerdpy.container.look import Look, look_at_all
from nerdpy.container.lost_shim import end_lost_shim
from nerdpy.container.pins import give_up_mounts
from nerdpy.container.rename import RENAME, finish_rename
from nerdpy.container.rewatch import monitor_of
from nerdpy.container.start import write_start
from nerdpy.container.status import moment
from nerdpy.container.tasks import task_of
from nerdpy.container.teardown import take_away
from nerdpy.dataclass import replace
from nerdpy.engine import Engine, Warned
from nerdpy.errors import Conflict, NerdpyError, NotFound
from nerdpy.image.archive_lease import HOLD, give_back_lease
from nerdpy.linux.rootfs import sweep as sweep_mounts
from nerdpy.linux.whole_file import orphaned_drafts
from nerdpy.network.attach import load_attachment, tell_neighbours
from nerdpy.network.tending import tend
from nerdpy.store.intents import Intent
from nerdpy.volume.hold import HOLD_VOLUME
from nerdpy.volume.staging import settle as settle_volume

_NO_PATIENCE = timedelta(milliseconds=100)
"""Whoever holds a container's lock is alive, and will leave it in order."""
_SWEPT = "swept\n"
"""In the sweep lock, which a reboot takes away: everything was looked at since."""


def sweep(engine: Engine) -> None:
    """Deal with every intent whose process is gone; costs four directory listings when there is none.

    Only one process sweeps at a time, and nobody waits for it: what it can't do now is done the next time.
    """
    if not is_sweep_due(engine):
        return
    is_first = not has_swept(engine)
    drafts = engine.store.drafts
    with engine.store.locks.path_if_free(engine.paths.sweep_lock) as is_ours:
        if not is_ours:
            return
        sweep_mounts(engine.paths.mounts)
        for draft in orphaned_drafts(engine.paths.dns):
            draft.unlink(missing_ok=True)
        tend(engine)
        for draft in drafts.orphaned():
            drafts.remove(draft)
        for intent in engine.store.intents.orphaned():
            _sweep_one(engine, intent)
        for container_id in engine.store.locks.orphaned():
            with suppress(Conflict), engine.store.locks.container(container_id, patience=timedelta()):
                pass  # a lock without a container goes with its holder
        if is_first:
            _settle_everywhere(engine)
            engine.paths.sweep_lock.write_text(_SWEPT)


def settle_unsettled(engine: Engine, looks: list[Look]) -> bool:
    """Finish the exits that nobody has dealt with, since the monitor was killed or could not call us; says
    whether there were any."""
    found = [look for look in looks if look.is_unsettled]
    for look in found:
        with suppress(NerdpyError), engine.store.locks.container(look.record.id, patience=timedelta()):
            settle(engine, look.record)
    return bool(found)


def _settle_everywhere(engine: Engine) -> None:
    with suppress(FileNotFoundError):
        for folder in engine.paths.containers.parent.iterdir():
            own = _engine_of(engine, folder.name)
            settle_unsettled(own, look_at_all(own))


def _sweep_one(engine: Engine, intent: Intent) -> None:
    own = _engine_of(engine, intent.namespace)
    try:
        with own.store.locks.container(intent.container_id, patience=_NO_PATIENCE):
            _finish(own, intent)
    except Conflict:
        return  # a living command works on it and settles it
    except (NerdpyError, OSError) as error:
        reason = error.message if isinstance(error, NerdpyError) else (error.strerror or "").lower()
        what = f"what a dead command left of container {intent.container_id[:12]}"
        engine.notify(Warned(f"{what} stays for now: {reason}"))
        return
    for draft in orphaned_drafts(own.paths.container(intent.container_id)):
        draft.unlink(missing_ok=True)
    intent.done()


def _finish(engine: Engine, intent: Intent) -> None:
    container_id = intent.container_id
    if intent.operation in {VIEW, COMMIT}:
        give_back(engine, intent)
        return
    if intent.operation == HOLD:
        give_back_lease(engine, container_id)
        return
    if intent.operation == HOLD_VOLUME:
        settle_volume(engine, container_id)
        return
    if intent.operation in {CONNECT, DISCONNECT}:
        finish_change(engine, intent)
        return
    if intent.operation == RENAME:
        finish_rename(engine, intent)
        return
    end_lost_shim(engine, container_id)
    tell_neighbours(engine, container_id)
    if intent.operation in {"create", "start"} and _is_running(engine, container_id):
        _adopt(engine, container_id)
    elif intent.operation in {"create", "remove"}:
        take_away(engine, intent)
    else:
        settle_or_remove(engine, container_id)
        if intent.operation == "start":  # of one that never ran nothing was settled
            with suppress(NotFound):
                give_up_mounts(engine, engine.containerd.containers.get(container_id))


def _is_running(engine: Engine, container_id: str) -> bool:
    task = task_of(engine, container_id)
    return task is not None and task.status in {"running", "paused", "pausing"}


def _adopt(engine: Engine, container_id: str) -> None:
    """It runs, and its maker died before he could write that down."""
    record = engine.containerd.containers.get(container_id)
    lifecycle = engine.store.containers.load_lifecycle(container_id)
    started_at = None if lifecycle.get("finished_at") else moment(lifecycle.get("started_at"))
    ports = load_attachment(engine, container_id).ports
    write_start(engine, record, started_at, ports, monitor_of(engine, container_id))


def _engine_of(engine: Engine, namespace: str) -> Engine:
    if namespace == engine.config.namespace:
        return engine
    return Engine(replace(engine.config, namespace=namespace), engine.notify)
