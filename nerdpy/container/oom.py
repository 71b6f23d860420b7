"""Has the kernel killed a process of the container for want of memory, since the container was last started?

As docker means `OOMKilled`: any process, and the container may run on. The kernel counts in the control
group. While that is there, it is asked. systemd removes it (a scope) the moment that the last process is
gone, so the monitor, which holds the counter open, reads it in that moment; where systemd is faster still, or
there is no monitor, the kernel's log may know.
"""

from datetime import datetime

from nerdpy.container.look import Look
from nerdpy.engine import Engine
from nerdpy.linux.oom import had_oom_kill, is_scope, was_logged
from nerdpy.model.records import ContainerRecord


def saw_oom_kill(engine: Engine, look: Look) -> bool:
    """For `inspect`: of the run that goes on, or else of the last one."""
    if look.state.is_running:
        return bool(had_oom_kill(cgroups_path(look.record)))
    if look.state.oom_killed:
        return True
    killed = had_oom_kill(cgroups_path(look.record))
    return bool(_seen_by_monitor(engine, look.record.id) if killed is None else killed)


def ended_by_oom(engine: Engine, record: ContainerRecord, pid: int, started_at: datetime | None) -> bool:
    """Of the run that has just ended; `pid` is that of its first process."""
    path = cgroups_path(record)
    killed = had_oom_kill(path)
    if killed is None:
        killed = _seen_by_monitor(engine, record.id)
    if killed is None and is_scope(path) and started_at is not None:
        killed = was_logged(record.id, pid, started_at)
    return bool(killed)


def _seen_by_monitor(engine: Engine, container_id: str) -> bool | None:
    seen: bool | None = engine.store.containers.load_end(container_id).get("oom_killed")
    return seen


def cgroups_path(record: ContainerRecord) -> str:
    """Where the container's control group is, in the spec's words; empty where that can't be read."""
    try:
        return str(record.spec.get("linux", {}).get("cgroupsPath", ""))
    except ValueError:
        return ""
