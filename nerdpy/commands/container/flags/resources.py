"""Flags for the container's limits: memory, processors, processes, devices."""

from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import Caller, each, parsed
from nerdpy.commands.container.flags.limits import check_limits, parse_memory, parse_swap
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import UsageError
from nerdpy.model.cpu import PERIOD, parse_cpus, parse_cpuset
from nerdpy.model.device import parse_device
from nerdpy.model.options import ResourceOptions, Ulimit
from nerdpy.model.sysctl import parse_sysctl
from nerdpy.model.ulimit import parse_ulimit


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ResourceFlags:
    """Its limits."""

    memory: Annotated[
        str | None, Option("--memory", "-m", help="Limit of memory, 6m at least", metavar="SIZE")
    ] = None
    memory_reservation: Annotated[
        str | None,
        Option(
            "--memory-reservation", help="Soft limit, for when the host is short of memory", metavar="SIZE"
        ),
    ] = None
    memory_swap: Annotated[
        str | None,
        Option(
            "--memory-swap",
            help="Limit of memory and swap together (default: twice the memory; -1: none)",
            metavar="SIZE",
        ),
    ] = None
    memory_swappiness: Annotated[
        int,
        Option("--memory-swappiness", help="How eagerly to swap, 0 to 100 (-1: as the host)", metavar="N"),
    ] = -1
    oom_kill_disable: Annotated[
        bool,
        Option("--oom-kill-disable", help="Let the container hang rather than be killed when out of memory"),
    ] = False
    oom_score_adj: Annotated[
        int,
        Option(
            "--oom-score-adj", help="Who is killed first when memory runs out, -1000 to 1000", metavar="N"
        ),
    ] = 0
    cpus: Annotated[str | None, Option("--cpus", help="Number of processors, as in 1.5", metavar="N")] = None
    cpu_shares: Annotated[
        int, Option("--cpu-shares", "-c", help="Weight against other containers (default 1024)", metavar="N")
    ] = 0
    cpu_period: Annotated[
        int, Option("--cpu-period", help="Scheduling period in microseconds", metavar="MICROSECONDS")
    ] = 0
    cpu_quota: Annotated[
        int,
        Option("--cpu-quota", help="Processor time in each period (-1: no limit)", metavar="MICROSECONDS"),
    ] = 0
    cpu_rt_period: Annotated[
        int, Option("--cpu-rt-period", help="Real-time period (cgroup v1)", metavar="MICROSECONDS")
    ] = 0
    cpu_rt_runtime: Annotated[
        int, Option("--cpu-rt-runtime", help="Real-time in each period (cgroup v1)", metavar="MICROSECONDS")
    ] = 0
    cpuset_cpus: Annotated[
        str, Option("--cpuset-cpus", help="Processors to run on, as in 0-3 or 0,2", metavar="LIST")
    ] = ""
    cpuset_mems: Annotated[
        str, Option("--cpuset-mems", help="Memory nodes to use, as in 0-3 or 0,1", metavar="LIST")
    ] = ""
    pids_limit: Annotated[
        int, Option("--pids-limit", help="Limit of processes and threads (0 or -1: none)", metavar="N")
    ] = 0
    ulimit: Annotated[
        list[str],
        Option("--ulimit", help="Limit of each process, as in nofile=1024:2048", metavar="NAME=SOFT[:HARD]"),
    ] = field(default_factory=list)
    device: Annotated[
        list[str],
        Option(
            "--device",
            help="Give a device of the host to the container",
            metavar="HOST[:CONTAINER][:rwm]",
            complete="file",
        ),
    ] = field(default_factory=list)
    sysctl: Annotated[
        list[str], Option("--sysctl", help="Set a kernel parameter of the container", metavar="KEY=VALUE")
    ] = field(default_factory=list)
    cgroup_parent: Annotated[
        str, Option("--cgroup-parent", help="Put the container's cgroup below this one", metavar="PATH")
    ] = ""
    blkio_weight: Annotated[
        int,
        Option("--blkio-weight", help="Weight of block input and output, 10 to 1000 (0: off)", metavar="N"),
    ] = 0

    def parse_resources(self, caller: Caller) -> ResourceOptions:
        """The limits, checked as docker's daemon checks them."""
        quota, period = self._cpu()
        options = ResourceOptions(
            memory=parse_memory("--memory", self.memory),
            memory_reservation=parse_memory("--memory-reservation", self.memory_reservation),
            memory_swap=parse_swap("--memory-swap", self.memory_swap),
            memory_swappiness=None if self.memory_swappiness == -1 else self.memory_swappiness,
            oom_kill_disable=self.oom_kill_disable,
            oom_score_adj=self.oom_score_adj,
            cpu_quota=quota,
            cpu_period=period,
            nano_cpus=quota * (10**9 // PERIOD) if self.cpus is not None else 0,
            cpu_shares=self.cpu_shares,
            cpuset_cpus=parsed(
                "--cpuset-cpus", self.cpuset_cpus, lambda text: parse_cpuset(text, "cpuset cpus")
            ),
            cpuset_mems=parsed(
                "--cpuset-mems", self.cpuset_mems, lambda text: parse_cpuset(text, "cpuset mems")
            ),
            cpu_rt_period=self.cpu_rt_period,
            cpu_rt_runtime=self.cpu_rt_runtime,
            pids_limit=max(self.pids_limit, -1),
            blkio_weight=self.blkio_weight,
            ulimits=_ulimits(self.ulimit),
            devices=each("--device", self.device, parse_device),
            cgroup_parent=self.cgroup_parent,
            sysctls=dict(each("--sysctl", self.sysctl, parse_sysctl)),
        )
        check_limits(options)
        if options.oom_kill_disable and not options.memory:
            caller.warn(
                "the OOM killer is disabled, but no memory limit is set: the host may run out of memory"
            )
        return options

    def _cpu(self) -> tuple[int, int]:
        """(quota, period) in microseconds."""
        quota = parsed("--cpus", self.cpus, parse_cpus) if self.cpus is not None else 0
        if not quota:
            return self.cpu_quota, self.cpu_period
        for flag, value in (("--cpu-quota", self.cpu_quota), ("--cpu-period", self.cpu_period)):
            if value:
                raise UsageError(
                    f"conflicting options: --cpus and {flag} cannot both be set", hint=f"leave {flag} out"
                )
        return quota, PERIOD


def _ulimits(texts: list[str]) -> tuple[Ulimit, ...]:
    """By name; of two with one name the later."""
    found = {limit.name: limit for limit in each("--ulimit", texts, parse_ulimit)}
    return tuple(found[name] for name in sorted(found))
