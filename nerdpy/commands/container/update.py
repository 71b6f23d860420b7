"""`nerdpy update`: change the limits of containers."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArguments
from nerdpy.commands.container.flags.caller import parsed
from nerdpy.commands.container.flags.limits import check_shares
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.cpu import parse_cpus, parse_cpuset, parse_nano_cpus
from nerdpy.model.limit_changes import LimitChanges
from nerdpy.model.restart import RestartPolicy, parse_restart_policy
from nerdpy.model.size import parse_ram_size

_SIZE, _TIME = "SIZE", "MICROSECONDS"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UpdateFlags:
    """What is to be changed; what is not given stays."""

    memory: Annotated[
        str | None, Option("--memory", "-m", help="Limit of memory, 6m at least", metavar=_SIZE)
    ] = None
    memory_reservation: Annotated[
        str | None,
        Option(
            "--memory-reservation", help="Soft limit, for when the host is short of memory", metavar=_SIZE
        ),
    ] = None
    memory_swap: Annotated[
        str | None,
        Option("--memory-swap", help="Limit of memory and swap together (-1: none)", metavar=_SIZE),
    ] = None
    kernel_memory: Annotated[
        str | None,
        Option("--kernel-memory", help="Without effect since Linux 5.4", metavar=_SIZE, hidden=True),
    ] = None
    cpus: Annotated[str | None, Option("--cpus", help="Number of processors, as in 1.5", metavar="N")] = None
    cpu_shares: Annotated[
        int | None,
        Option("--cpu-shares", "-c", help="Weight against other containers (default 1024)", metavar="N"),
    ] = None
    cpu_period: Annotated[
        int | None, Option("--cpu-period", help="Scheduling period in microseconds", metavar=_TIME)
    ] = None
    cpu_quota: Annotated[
        int | None,
        Option("--cpu-quota", help="Processor time in each period (-1: no limit)", metavar=_TIME),
    ] = None
    cpu_rt_period: Annotated[
        int | None, Option("--cpu-rt-period", help="Real-time period (cgroup v1)", metavar=_TIME)
    ] = None
    cpu_rt_runtime: Annotated[
        int | None, Option("--cpu-rt-runtime", help="Real-time in each period (cgroup v1)", metavar=_TIME)
    ] = None
    cpuset_cpus: Annotated[
        str | None, Option("--cpuset-cpus", help="Processors to run on, as in 0-3 or 0,2", metavar="LIST")
    ] = None
    cpuset_mems: Annotated[
        str | None, Option("--cpuset-mems", help="Memory nodes to use, as in 0-3 or 0,1", metavar="LIST")
    ] = None
    pids_limit: Annotated[
        int | None, Option("--pids-limit", help="Limit of processes and threads (-1: none)", metavar="N")
    ] = None
    blkio_weight: Annotated[
        int | None,
        Option("--blkio-weight", help="Weight of block input and output, 10 to 1000", metavar="N"),
    ] = None
    restart: Annotated[
        str | None,
        Option(
            "--restart",
            help="When it is started again by itself: no, always, unless-stopped, on-failure[:N]",
            metavar="POLICY",
        ),
    ] = None

    @property
    def is_empty(self) -> bool:
        """Was no flag given?"""
        return all(value is None for value in vars(self).values())

    def parse_limits(self) -> LimitChanges:
        """The limits, each by itself; whether they make sense together is known with the container's own."""
        check_shares(self.cpu_shares or 0)
        return LimitChanges(
            memory=_size("--memory", self.memory),
            memory_reservation=_size("--memory-reservation", self.memory_reservation),
            memory_swap=-1 if self.memory_swap == "-1" else _size("--memory-swap", self.memory_swap),
            nano_cpus=_nano_cpus(self.cpus),
            cpu_quota=self.cpu_quota,
            cpu_period=self.cpu_period,
            cpu_shares=self.cpu_shares,
            cpuset_cpus=_cpuset("--cpuset-cpus", "cpuset cpus", self.cpuset_cpus),
            cpuset_mems=_cpuset("--cpuset-mems", "cpuset mems", self.cpuset_mems),
            cpu_rt_period=self.cpu_rt_period,
            cpu_rt_runtime=self.cpu_rt_runtime,
            pids_limit=self.pids_limit,
            blkio_weight=self.blkio_weight,
        )

    def parse_restart(self) -> RestartPolicy | None:
        return parsed("--restart", self.restart, parse_restart_policy) if self.restart else None


def _size(flag: str, text: str | None) -> int | None:
    return parsed(flag, text, parse_ram_size) if text is not None else None


def _cpuset(flag: str, what: str, text: str | None) -> str | None:
    return parsed(flag, text, lambda given: parse_cpuset(given, what)) if text is not None else None


def _nano_cpus(text: str | None) -> int | None:
    if text is None:
        return None
    parsed("--cpus", text, parse_cpus)
    return parsed("--cpus", text, parse_nano_cpus)


def command(context: Context, flags: UpdateFlags, containers: ContainerArguments) -> None:
    """Change the limits of one or more containers

    They hold at once, and when the container is started again. What is not given stays as it is.
    """
    from nerdpy.container.several import for_each
    from nerdpy.container.update import Update, update

    if flags.is_empty:
        raise InvalidArgument(
            "you must provide one or more flags when using this command", hint="see `nerdpy update --help`"
        )
    if flags.kernel_memory is not None:
        context.console.warn("--kernel-memory has no effect: the kernel dropped that limit")
    wish = Update(limits=flags.parse_limits(), restart=flags.parse_restart())
    engine = engine_of(context)
    for_each(engine, containers, lambda record: update(engine, record, wish), context.console.line)
