"""Pure: one line of `stats`, in docker's words."""

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.units import bytes_size, human_size_3
from nerdpy.model.consumption import Consumption, memory_percent

COLUMNS = (
    ("CONTAINER ID", "ID"),
    ("NAME", "Name"),
    ("CPU %", "CPUPerc"),
    ("MEM USAGE / LIMIT", "MemUsage"),
    ("MEM %", "MemPerc"),
    ("NET I/O", "NetIO"),
    ("BLOCK I/O", "BlockIO"),
    ("PIDS", "PIDs"),
)
UNKNOWN = "--"


@dataclass(frozen=True, kw_only=True)
class StatsRow:
    """The fields are those of docker's template."""

    BlockIO: str
    CPUPerc: str
    Container: str
    ID: str
    MemPerc: str
    MemUsage: str
    Name: str
    NetIO: str
    PIDs: str


def stats_row(
    container_id: str, name: str, asked_as: str, now: Consumption, cpu: float | None, *, no_trunc: bool
) -> StatsRow:
    """`cpu` in percent; None while there is nothing to compare with."""
    return StatsRow(
        BlockIO=f"{human_size_3(now.read)} / {human_size_3(now.written)}",
        CPUPerc=UNKNOWN if cpu is None else f"{cpu:.2f}%",
        Container=asked_as,
        ID=container_id if no_trunc else container_id[:12],
        MemPerc=f"{memory_percent(now):.2f}%",
        MemUsage=f"{bytes_size(now.memory)} / {bytes_size(now.memory_limit)}",
        Name=name or UNKNOWN,
        NetIO=f"{human_size_3(now.received)} / {human_size_3(now.sent)}",
        PIDs=str(now.pids),
    )
