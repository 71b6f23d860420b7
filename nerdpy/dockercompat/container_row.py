"""Pure: one line of `ps`, in docker's words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.ports import render_ports
from nerdpy.dockercompat.row import Row
from nerdpy.dockercompat.units import human_duration
from nerdpy.model.ports import PortMapping

COMMAND_WIDTH = 20


@dataclass(frozen=True, kw_only=True)
class ContainerFacts:
    """What a row is made of, looked up already."""

    container_id: str
    name: str
    image: str
    command: Sequence[str]
    created_at: datetime | None
    status: str
    exit_code: int
    started_at: datetime | None
    finished_at: datetime | None
    health: str
    published: Sequence[PortMapping]
    exposed: Sequence[str]
    labels: Mapping[str, str]
    mounts: Sequence[Mapping[str, object]]
    networks: Sequence[str]
    platform: str
    runtime: str
    size: str


@dataclass(frozen=True, kw_only=True)
class ContainerRow(Row):
    """The fields are those of docker's template."""

    Command: str
    CreatedAt: str
    HealthStatus: str
    ID: str
    Image: str
    LocalVolumes: str
    Mounts: str
    Names: str
    Networks: str
    Platform: str
    Ports: str
    RunningFor: str
    Runtime: str
    Size: str
    State: str
    Status: str


def container_row(facts: ContainerFacts, now: datetime, *, no_trunc: bool) -> ContainerRow:
    """The row of one container at the moment `now`."""
    return ContainerRow(
        Command=command_cell(facts.command, no_trunc=no_trunc),
        CreatedAt=created_text(facts.created_at),
        HealthStatus=facts.health,
        ID=facts.container_id if no_trunc else facts.container_id[:12],
        Image=facts.image,
        LocalVolumes=str(sum(mount.get("Driver") == "local" for mount in facts.mounts)),
        Mounts=",".join(_mount_name(mount, no_trunc=no_trunc) for mount in facts.mounts),
        Names=facts.name,
        Networks=",".join(facts.networks),
        Platform=facts.platform,
        Ports=render_ports(facts.published, facts.exposed),
        RunningFor=f"{human_duration(_since(facts.created_at, now))} ago" if facts.created_at else "",
        Runtime=facts.runtime,
        Size=facts.size,
        State=facts.status,
        Status=status_cell(facts, now),
        LabelsMap=facts.labels,
    )


def command_cell(words: Sequence[str], *, no_trunc: bool) -> str:
    """The argument vector in double quotes, cut at 20 characters."""
    text = " ".join(words)
    if not no_trunc and len(text) > COMMAND_WIDTH:
        text = text[: COMMAND_WIDTH - 1] + "…"
    return f'"{text}"'


def created_text(moment: datetime | None) -> str:
    """Go's default text of a time, in the machine's zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %z %Z") if moment else ""


def status_cell(facts: ContainerFacts, now: datetime) -> str:
    """`Up 3 minutes (healthy)`, `Exited (0) 5 seconds ago`, `Created`."""
    ago = f" {human_duration(_since(facts.finished_at, now))} ago" if facts.finished_at else ""
    up = f"Up {human_duration(_since(facts.started_at, now))}" if facts.started_at else "Up"
    health = {"": "", "none": "", "starting": " (health: starting)"}.get(facts.health, f" ({facts.health})")
    return {
        "running": up + health,
        "paused": f"{up} (Paused)",
        "restarting": f"Restarting ({facts.exit_code}){ago}",
        "exited": f"Exited ({facts.exit_code}){ago}",
        "created": "Created",
    }.get(facts.status, facts.status.capitalize())


def _since(moment: datetime | None, now: datetime) -> timedelta:
    return now - moment if moment else timedelta()


def _mount_name(mount: Mapping[str, object], *, no_trunc: bool) -> str:
    name = str(mount.get("Name") or mount.get("Source") or "")
    return name if no_trunc or len(name) <= 15 else name[:14] + "…"
