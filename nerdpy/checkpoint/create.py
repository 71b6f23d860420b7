"""Make a checkpoint of a running container, through the runtime.

It appears under its name when it is whole.
"""

import os
import re
import shutil
from contextlib import ExitStack
from pathlib import Path

from nerdpy import labels
from nerdpy.checkpoint.find import place_of
from nerdpy.container.exited import settle
from nerdpy.container.failure import criu_failure
from nerdpy.container.find import shown_as
from nerdpy.container.look import look_at
from nerdpy.container.stop import mark_stopped
from nerdpy.container.teardown import finally_ended
from nerdpy.container.telling import tell
from nerdpy.engine import Engine
from nerdpy.errors import AlreadyExists, FailedPrecondition, NerdpyError
from nerdpy.linux import process
from nerdpy.model.identifier import parse_identifier
from nerdpy.model.records import ContainerRecord

_DRAFT = re.compile(r"\..+\.draft-(\d+-\d+)\Z")
_COMPLAINT = re.compile(r"Error \([^)]*\): (.*)")


def create_checkpoint(
    engine: Engine,
    record: ContainerRecord,
    name: str,
    *,
    folder: Path | None = None,
    leaves_running: bool = False,
) -> None:
    """Write the checkpoint; the container ends by it, unless it `leaves_running`.

    FailedPrecondition when CRIU or the kernel can't: then the container runs on, and nothing is left of the
    attempt.
    """
    parse_identifier(name, "checkpoint")
    with engine.store.locks.container(record.id):
        _refuse_what_cannot_be(engine, record, leaves_running=leaves_running)
        target = place_of(engine, record, folder) / name
        if os.path.lexists(target):
            raise AlreadyExists(
                f"checkpoint {name} of container {shown_as(record)} exists already",
                hint=f"take another name, or `nerdpy checkpoint rm {shown_as(record)} {name}`",
            )
        with ExitStack() as undo:
            draft = _new_draft(target)
            undo.callback(shutil.rmtree, draft, ignore_errors=True)
            waiting = engine.containerd.tasks.wait(record.id)
            undo.callback(waiting.cancel)
            stopped = record if leaves_running else mark_stopped(engine, record)
            undo.callback(_arm_again, engine, record)
            _dump(engine, record, draft, exits=not leaves_running)
            os.rename(draft, target)
            undo.pop_all()
        tell(engine, record, "checkpoint")
        if not leaves_running:
            finally_ended(waiting, record.id)
            settle(engine, stopped)


def _refuse_what_cannot_be(engine: Engine, record: ContainerRecord, *, leaves_running: bool) -> None:
    shown = shown_as(record)
    look = look_at(engine, record)
    if look.state.status != "running":
        raise FailedPrecondition(
            f"container {shown} is not running: it is {look.state.status}",
            hint="only running containers can be checkpointed",
        )
    if record.labels.get(labels.TTY) == "true" or (record.spec.get("process") or {}).get("terminal"):
        raise FailedPrecondition(
            f"container {shown} has a terminal, which CRIU cannot restore", hint="run it without -t"
        )
    if record.labels.get(labels.AUTO_REMOVE) == "true" and not leaves_running:
        raise FailedPrecondition(
            f"container {shown} would be removed by its checkpoint: it was started with --rm",
            hint="use --leave-running, or run it without --rm",
        )


def _new_draft(target: Path) -> Path:
    """A folder beside the target, in the name of this process; those of dead ones go."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for entry in os.scandir(target.parent):
        found = _DRAFT.match(entry.name)
        if found and not process.is_marked_alive(found[1]):
            shutil.rmtree(entry.path, ignore_errors=True)
    draft = target.parent / f".{target.name}.draft-{process.mark()}"
    draft.mkdir(mode=0o700)  # what was in the processes' memory is in it
    return draft


def _arm_again(engine: Engine, record: ContainerRecord) -> None:
    """The container goes on as if nothing had been: its restart policy too."""
    if status := record.labels.get(labels.RESTART_STATUS):
        engine.containerd.containers.update(
            record.id, labels={labels.RESTART_STATUS: status, labels.EXPLICITLY_STOPPED: "false"}
        )


def _dump(engine: Engine, record: ContainerRecord, draft: Path, *, exits: bool) -> None:
    work = draft / "work"
    work.mkdir(mode=0o700)
    try:
        engine.containerd.tasks.checkpoint(record.id, image_path=str(draft), work_path=str(work), exits=exits)
    except NerdpyError as error:
        shown = shown_as(record)
        raise criu_failure(
            error, f"container {shown} could not be checkpointed", _complaint(work / "dump.log")
        ) from error
    shutil.rmtree(work)


def _complaint(log: Path) -> str:
    """The first error in CRIU's log: the others follow from it."""
    try:
        found = _COMPLAINT.search(log.read_text(errors="replace"))
    except OSError:
        return ""
    return found.group(1) if found else ""
