"""Pure: limits -> `linux.resources`, and what this machine can't keep of them.

What a kernel lacks is left out with a warning, as docker does: a container without a limit is better than
none, and the user is told.
"""

from collections.abc import Iterator
from typing import Any

from nerdpy.errors import FailedPrecondition
from nerdpy.model.block_io import DeviceLimit
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
        "unified": _unified(resources, facts),
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
    if resources.block.weights and not facts.has_blkio_weight_device:
        yield "the weights of block devices are discarded: this machine's I/O scheduler keeps none"
    if resources.block.throttles and not facts.has_blkio_throttle:
        yield "the limits of block devices are discarded: this machine's cgroups have no I/O controller"
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
    """`linux.resources.blockIO`, without what the kernel has no file for."""
    if facts.cgroup_manager == "none":
        return {}
    block, built = resources.block, dict[str, Any]()
    if resources.blkio_weight and facts.has_blkio_weight:
        built["weight"] = resources.blkio_weight
    if facts.has_blkio_weight_device:
        built["weightDevice"] = _limits(block.weights, facts, "weight")
    if facts.has_blkio_throttle:
        built["throttleReadBpsDevice"] = _limits(block.read_bps, facts, "rate")
        built["throttleWriteBpsDevice"] = _limits(block.write_bps, facts, "rate")
        built["throttleReadIOPSDevice"] = _limits(block.read_iops, facts, "rate")
        built["throttleWriteIOPSDevice"] = _limits(block.write_iops, facts, "rate")
    return {name: value for name, value in built.items() if value}


def _limits(limits: tuple[DeviceLimit, ...], facts: Facts, word: str) -> list[dict[str, int]]:
    numbers = ((facts.block_numbers[limit.path], limit.value) for limit in limits)
    return [{"major": major, "minor": minor, word: value} for (major, minor), value in numbers]


def _unified(resources: ResourceOptions, facts: Facts) -> dict[str, str]:
    """`linux.resources.unified`: the files of cgroup v2 by name."""
    if resources.unified and facts.cgroup_version != 2:
        raise FailedPrecondition(
            "--cgroup-conf needs cgroup v2, and this machine has v1", hint="use --memory, --cpus and the like"
        )
    if resources.unified and facts.cgroup_manager == "none":
        raise FailedPrecondition("--cgroup-conf needs a cgroup manager, and it is none")
    return dict(resources.unified)


def build_rdt(resources: ResourceOptions, facts: Facts) -> dict[str, Any]:
    """`linux.intelRdt`: the class that was named, or what a CDI device asks for."""
    if not (resources.rdt_class or facts.edits.rdt):
        return {}
    if not facts.has_resctrl:
        what = f'--rdt-class "{resources.rdt_class}"' if resources.rdt_class else "a CDI device"
        raise FailedPrecondition(
            f"{what} needs resource control, which is not mounted on this machine",
            hint="where the processor has it: `mount -t resctrl resctrl /sys/fs/resctrl`",
        )
    return {**facts.edits.rdt, **({"closID": resources.rdt_class} if resources.rdt_class else {})}
