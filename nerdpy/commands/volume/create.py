"""`nerdpy volume create`: make a volume."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Later, Option
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument
from nerdpy.model.environment import parse_label
from nerdpy.model.pairs import parse_pair

_SWARM = Later("cluster volumes are a matter of Swarm, which nerdpy does not do")


@dataclass(frozen=True, kw_only=True)
class CreateFlags:
    driver: Annotated[str, Option("--driver", "-d", help="Driver of the volume: `local`")] = "local"
    label: Annotated[list[str], Option("--label", help="Set a label KEY=VALUE")] = field(default_factory=list)
    name: Annotated[str, Option("--name", help="Name of the volume", hidden=True)] = ""
    opt: Annotated[
        list[str],
        Option("--opt", "-o", help="Option of the driver: type=, device= or o=", metavar="KEY=VALUE"),
    ] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class SwarmFlags:
    """What docker has for cluster volumes."""

    availability: Annotated[str, Option("--availability", help="Swarm only"), _SWARM] = "active"
    group: Annotated[str, Option("--group", help="Swarm only"), _SWARM] = ""
    limit_bytes: Annotated[str, Option("--limit-bytes", help="Swarm only"), _SWARM] = ""
    required_bytes: Annotated[str, Option("--required-bytes", help="Swarm only"), _SWARM] = ""
    scope: Annotated[str, Option("--scope", help="Swarm only"), _SWARM] = "single"
    secret: Annotated[list[str], Option("--secret", help="Swarm only"), _SWARM] = field(default_factory=list)
    sharing: Annotated[str, Option("--sharing", help="Swarm only"), _SWARM] = "none"
    topology_preferred: Annotated[list[str], Option("--topology-preferred", help="Swarm only"), _SWARM] = (
        field(default_factory=list)
    )
    topology_required: Annotated[list[str], Option("--topology-required", help="Swarm only"), _SWARM] = field(
        default_factory=list
    )
    type: Annotated[str, Option("--type", help="Swarm only"), _SWARM] = "block"


def command(
    context: Context,
    flags: CreateFlags,
    swarm: SwarmFlags,
    volume: Annotated[str, Argument("[VOLUME]")] = "",
) -> None:
    """Create a volume

    With --opt the volume is a mount: `-o type=nfs -o device=:/export -o o=addr=host,rw`, a tmpfs, a disk,
    or a folder of the host (`-o type=none -o o=bind -o device=/folder`). It is mounted while containers run
    that use it.
    """
    from nerdpy.volume.create import create

    if volume and flags.name:
        raise InvalidArgument("conflicting options: the name is given twice", hint="leave --name out")
    made = create(
        engine_of(context),
        volume or flags.name,
        labels=dict(parse_label(text) for text in flags.label),
        driver=flags.driver,
        driver_options=dict(parse_pair(text, "driver option") for text in flags.opt),
    )
    context.console.line(made.name)
