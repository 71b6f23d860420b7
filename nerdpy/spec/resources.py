"""Pure: limits -> `linux.resources`, and what this machine can't keep of them.

What a kernel lacks is left out with a warning, as docker does: a container without a limit is better than
none, and the user is told.
"""

from collections.abc import Iterator
from typing import Any

from nerdpy.model.options import ResourceOptions
from nerdpy.spec.facts import Facts


def build_resources(resources: ResourceOptions, facts: Facts) -> dict[str, Any]:
    """`linux.resources` without the devices; parts that nobody set are missing."""
    usable = set(facts.cgroup_controllers) if facts.cgroup_manager != "none" else set()
    parts = {
        "memory": _memory(resources, facts) if "memory" in usable else {},
        "cpu": _cpu(resources, usable),
        "pids": {"limit": resources.pids_limit} if resources.pids_limit > 0 and "pids" in usable else {},
        "blockIO": _block_io(resources, facts),
    }
    return {name: part for name, part in parts.items() if part}


def resource_warnings(resources: ResourceOptions, facts: Facts) -> list[str]:
    """One sentence for each limit that this machine cannot keep."""
    if facts.cgroup_manager == "none":
        asked = any(is_asked for _, _, is_asked in _asked(resources))
        return ["limits are discarded: the cgroup manager is none"] if asked else []
    return [
        f"{what} is discarded: this machine's cgroups have no {controller} controller"
        for controller, what, is_asked in _asked(resources)
        if is_asked and controller not in facts.cgroup_controllers
    ] + list(_finer_warnings(resources, facts))


def _asked(resources: ResourceOptions) -> tuple[tuple[str, str, bool], ...]:
    has_memory = resources.memory or resources.memory_reservation or resources.memory_swap
    has_cpu = resources.cpu_quota or resources.cpu_period or resources.cpu_shares
    return (
        ("memory", "the memory limit", bool(has_memory)),
        ("cpu", "the CPU limit", bool(has_cpu)),
        ("cpuset", "the choice of CPUs", bool(resources.cpuset_cpus or resources.cpuset_mems)),
        ("pids", "the PIDs limit", resources.pids_limit > 0),
    )


def _finer_warnings(resources: ResourceOptions, facts: Facts) -> Iterator[str]:
    is_v2 = facts.cgroup_version == 2
    if resources.memory_swap and not facts.has_swap_limit:
        yield "the swap limit is discarded: this kernel does not count swap"
    if resources.memory_swappiness not in {None, -1} and is_v2:
        yield "the memory swappiness is discarded: cgroup v2 has none"
    if resources.oom_kill_disable and is_v2:
        yield "oom-kill-disable is discarded: cgroup v2 has none"
    if resources.oom_kill_disable and not is_v2 and not resources.memory:
        yield "oom-kill-disable without a memory limit may freeze the machine"
    if resources.blkio_weight and not facts.has_blkio_weight:
        yield "the block I/O weight is discarded: this machine's I/O scheduler keeps none"
    if resources.ulimits and not facts.can_raise_rlimits:
        yield "nerdpy runs without CAP_SYS_RESOURCE: a hard ulimit above the engine's own will be refused"


def _memory(resources: ResourceOptions, facts: Facts) -> dict[str, Any]:
    memory: dict[str, Any] = {}
    if resources.memory > 0:
        memory["limit"] = resources.memory
    if resources.memory_reservation > 0:
        memory["reservation"] = resources.memory_reservation
    if facts.has_swap_limit and (swap := swap_limit(resources.memory, resources.memory_swap)):
        memory["swap"] = swap
    if facts.cgroup_version == 1:
        if resources.memory_swappiness not in {None, -1}:
            memory["swappiness"] = resources.memory_swappiness
        if resources.oom_kill_disable:
            memory["disableOOMKiller"] = True
    return memory


def swap_limit(memory: int, memory_swap: int) -> int:
    """Memory plus swap: as much swap as memory when only memory was said; -1 is unlimited; 0 is no limit."""
    return memory_swap or 2 * max(memory, 0)


def _cpu(resources: ResourceOptions, usable: set[str]) -> dict[str, Any]:
    times = {
        "shares": resources.cpu_shares,
        "quota": resources.cpu_quota,
        "period": resources.cpu_period,
        "realtimePeriod": resources.cpu_rt_period,
        "realtimeRuntime": resources.cpu_rt_runtime,
    }
    places = {"cpus": resources.cpuset_cpus, "mems": resources.cpuset_mems}
    chosen = (times if "cpu" in usable else {}) | (places if "cpuset" in usable else {})
    return {name: value for name, value in chosen.items() if value}


def _block_io(resources: ResourceOptions, facts: Facts) -> dict[str, Any]:
    if not resources.blkio_weight or not facts.has_blkio_weight or facts.cgroup_manager == "none":
        return {}
    return {"weight": resources.blkio_weight}
