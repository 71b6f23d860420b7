"""One look at a container, or at all of them: record, task and lifecycle together."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nerdpy import labels
from nerdpy.container.status import BEFORE, RESTARTED_BY, ContainerState, has_vanished, state_of
from nerdpy.container.tasks import task_of, tasks_of_all
from nerdpy.container.watched import is_unwatched
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition
from nerdpy.linux import process
from nerdpy.model.records import ContainerRecord, TaskStatus

if TYPE_CHECKING:
    from nerdpy.model.health import Health


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was seen of one container at one moment."""

    record: ContainerRecord
    task: TaskStatus | None
    lifecycle: dict[str, Any]
    state: ContainerState
    is_being_restarted: bool = False
    """Has `reconnect` been here, and is the monitor still there that asked for it? Then what has ended was
    the run before, and the task is about to appear."""
    health_file: Path | None = None

    @cached_property
    def remembered(self) -> dict[str, Any]:
        """The request in docker's words, `Config` and `HostConfig`; empty for containers of others."""
        value = labels.unpacked(labels.OPTIONS, self.record.labels, {})
        return value if isinstance(value, dict) else {}

    @cached_property
    def health(self) -> "Health | None":
        """None where there is no health check, or it was never started."""
        config = self.remembered.get("Config", {})
        if "Healthcheck" not in config and labels.NERDCTL_HEALTH_STATE not in self.record.labels:
            return None
        from nerdpy.container.health import health_of

        return health_of(self, config)

    @property
    def is_unsettled(self) -> bool:
        """Has it ended without this being written down? (A task that is kept for a restart is written down
        too.)
        Containers of others have no lifecycle of ours."""
        if self.state.status not in {"exited", "restarting"} or not self.lifecycle.get("started_at"):
            return False
        return not self.lifecycle.get("finished_at") or (
            self.task is not None and self.state.status == "exited"
        )


def look_at(engine: Engine, record: ContainerRecord) -> Look:
    """The container as it is now."""
    return _look(engine, record, task_of(engine, record.id))


def look_at_all(engine: Engine) -> list[Look]:
    """Every container of the namespace: one list of records, one of tasks, at once, whatever their number.

    A shim that does not answer makes its container `unknown`; it does not make the listing fail.
    """
    client = engine.containerd
    with ThreadPoolExecutor(1) as pool:
        listing = pool.submit(tasks_of_all, engine)
        records = client.containers.list()
        tasks = listing.result()
    return [_look(engine, record, tasks.get(record.id)) for record in records]


def _look(engine: Engine, record: ContainerRecord, task: TaskStatus | None) -> Look:
    lifecycle = engine.store.containers.load_lifecycle(record.id)
    if has_vanished(task, lifecycle):  # or it was started, or settled, between the two looks
        task = task_of(engine, record.id)
        lifecycle = engine.store.containers.load_lifecycle(record.id)
    is_being_restarted = _is_being_restarted(task, lifecycle)
    seen = lifecycle
    if is_being_restarted:
        seen = (lifecycle.get(BEFORE) or lifecycle) | {RESTARTED_BY: lifecycle[RESTARTED_BY]}
    elif has_vanished(task, lifecycle):
        seen = lifecycle | engine.store.containers.load_end(record.id)
    state = state_of(record, task, seen)
    if state.is_running and is_unwatched(lifecycle):
        from nerdpy.container.rewatch import watch_again

        watch_again(engine, record)
    return Look(
        record=record,
        task=task,
        lifecycle=lifecycle,
        state=state,
        is_being_restarted=is_being_restarted,
        health_file=engine.paths.health(record.id),
    )


def _is_being_restarted(task: TaskStatus | None, lifecycle: Mapping[str, Any]) -> bool:
    owner = lifecycle.get(RESTARTED_BY)
    is_waiting = task is None or task.status == "created"
    return is_waiting and isinstance(owner, list) and process.is_alive(*owner)


def refuse_unless_running(look: Look, shown: str) -> None:
    """FailedPrecondition, in docker's words, for a container without a running task."""
    if not look.state.is_running:
        raise FailedPrecondition(
            f"container {shown} is not running", hint=f"start it with `nerdpy start {shown}`"
        )
