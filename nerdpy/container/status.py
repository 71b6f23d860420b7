"""Pure: the state that docker shows, out of containerd's task, the labels, and what was written down at
start and exit.

A task that has ended is deleted unless containerd's restart monitor still needs it, so the exit is read from
`lifecycle.json` when there is no task. Containers of others have no such file: what containerd knows must do.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from nerdpy import labels
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.records import ContainerRecord, TaskStatus
from nerdpy.model.restart import RestartPolicy, parse_restart_policy

VANISHED = 255
"""The exit code of a container that nobody saw end, as docker has it after a reboot."""
RESTARTED_BY = "restarted_by"
"""Key in lifecycle.json: pid and start time of the monitor of a task that others have started."""
BEFORE = "before"
"""Key in lifecycle.json beside `RESTARTED_BY`: the end of the run before."""


@dataclass(frozen=True, kw_only=True)
class ContainerState:
    """docker's `State`."""

    status: str
    """`created`, `running`, `paused`, `restarting`, `exited`, or `unknown` when the shim does not answer."""
    pid: int = 0
    exit_code: int = 0
    error: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    restart_count: int = 0
    oom_killed: bool = False

    @property
    def is_running(self) -> bool:
        """Is there a process (paused ones included)?"""
        return self.status in {"running", "paused"}


def state_of(
    record: ContainerRecord, task: TaskStatus | None, lifecycle: Mapping[str, Any]
) -> ContainerState:
    """The state of one container; `task` None when containerd has none for it."""
    status = _status(record, task, lifecycle)
    finished_at = moment(lifecycle.get("finished_at"))
    exit_code = VANISHED if has_vanished(task, lifecycle) else int(lifecycle.get("exit_code") or 0)
    if task is not None and task.status == "stopped" and (task.exited_at or finished_at is None):
        finished_at, exit_code = task.exited_at, task.exit_code
    is_up = status in {"running", "paused"}
    return ContainerState(
        status=status,
        pid=task.pid if task is not None and is_up else 0,
        exit_code=0 if is_up else exit_code,
        error=str(lifecycle.get("error") or record.labels.get(labels.ERROR, "")),
        started_at=moment(lifecycle.get("started_at")),
        finished_at=finished_at,
        restart_count=_count(record),
        oom_killed=bool(lifecycle.get("oom_killed")) and not is_up,
    )


def _status(record: ContainerRecord, task: TaskStatus | None, lifecycle: Mapping[str, Any]) -> str:
    if task is not None and task.status in {"running", "paused", "unknown"}:
        return task.status
    if task is not None and task.status == "pausing":
        return "paused"
    ended = lifecycle.get("finished_at") or (task is not None and task.status == "stopped")
    if not ended and not has_vanished(task, lifecycle):
        return "created"
    return "restarting" if will_restart(record, task, lifecycle) else "exited"


def has_vanished(task: TaskStatus | None, lifecycle: Mapping[str, Any]) -> bool:
    """Has it run, and did nobody see it end? After a reboot, or when its shim was killed."""
    return task is None and bool(lifecycle.get("started_at")) and not lifecycle.get("finished_at")


def will_restart(record: ContainerRecord, task: TaskStatus | None, lifecycle: Mapping[str, Any]) -> bool:
    """Would containerd's restart monitor start this ended container again?"""
    if record.labels.get(labels.RESTART_STATUS) != "running":
        return False
    if record.labels.get(labels.EXPLICITLY_STOPPED) == "true":
        return False
    policy = policy_of(record)
    if policy.name != "on-failure":
        return policy.name in {"always", "unless-stopped"}
    if task is None and RESTARTED_BY not in lifecycle:
        return False  # to containerd's monitor what has no task has not failed
    ended = task if task is not None and task.status == "stopped" else None
    code = ended.exit_code if ended is not None else int(lifecycle.get("exit_code") or 0)
    return code != 0 and (policy.maximum == 0 or _count(record) < policy.maximum)


def policy_of(record: ContainerRecord) -> RestartPolicy:
    """The restart policy in the labels; one that can't be read is none."""
    try:
        return parse_restart_policy(record.labels.get(labels.RESTART_POLICY, ""))
    except InvalidArgument:
        return RestartPolicy()


def moment(value: object) -> datetime | None:
    """A time as lifecycle.json holds it (ISO 8601), or None."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def now() -> str:
    """This moment, as lifecycle.json holds it."""
    return datetime.now(UTC).isoformat()


def _count(record: ContainerRecord) -> int:
    text = record.labels.get(labels.RESTART_COUNT, "0")
    return int(text) if text.isdecimal() else 0
