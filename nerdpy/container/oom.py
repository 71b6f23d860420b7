"""Has the kernel killed a process of the container for want of memory, since the container was last started?

As docker means `OOMKilled`: any process, and the container may run on. The kernel counts in the control
group. While that is there, it is asked; systemd removes it (a scope) the moment that the last process is
gone, so the monitor, which holds the counter open, reads it in that moment.
"""

from nerdpy.container.look import Look
from nerdpy.engine import Engine
from nerdpy.linux.oom import had_oom_kill
from nerdpy.model.records import ContainerRecord


def saw_oom_kill(engine: Engine, look: Look) -> bool:
    """For `inspect`: of the run that goes on, or else of the last one."""
    if look.state.is_running:
        return bool(had_oom_kill(cgroups_path(look.record)))
    return look.state.oom_killed or ended_by_oom(engine, look.record)


def ended_by_oom(engine: Engine, record: ContainerRecord) -> bool:
    """Of the run that has ended."""
    killed = had_oom_kill(cgroups_path(record))
    return bool(engine.store.containers.load_end(record.id).get("oom_killed") if killed is None else killed)


def cgroups_path(record: ContainerRecord) -> str:
    """Where the container's control group is, in the spec's words; empty where that can't be read."""
    try:
        return str(record.spec.get("linux", {}).get("cgroupsPath", ""))
    except ValueError:
        return ""
