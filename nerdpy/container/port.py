"""Where the ports of a container are published; those of one that does not run are not."""

from nerdpy.container.find import shown_as
from nerdpy.container.look import look_at
from nerdpy.container.ls import published_ports
from nerdpy.dockercompat.create_body import port_key
from nerdpy.dockercompat.ports import in_brackets
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.model.ports import PortMapping
from nerdpy.model.records import ContainerRecord


def published_lines(engine: Engine, record: ContainerRecord, wanted: str = "") -> list[str]:
    """`80/tcp -> 0.0.0.0:8080` for each; with `wanted` (`80` or `80/tcp`) only `0.0.0.0:8080` of that
    port."""
    look = look_at(engine, record)
    shown = shown_as(record)
    is_up = look.state.is_running  # docker forgets them meanwhile
    ports = sorted(one for one in published_ports(look) if one.host_port) if is_up else []
    if not wanted:
        return [f"{mapping.container_port}/{mapping.protocol} -> {_host(mapping)}" for mapping in ports]
    number, protocol = _parse(wanted)
    found = [
        _host(mapping)
        for mapping in ports
        if (mapping.container_port, mapping.protocol) == (number, protocol)
    ]
    if not found:
        raise NotFound(
            f'no public port "{number}/{protocol}" published for {shown}',
            hint=f"see what is published with `nerdpy port {shown}`",
        )
    return found


def _host(mapping: PortMapping) -> str:
    return f"{in_brackets(mapping.host_ip or '0.0.0.0')}:{mapping.host_port}"


def _parse(text: str) -> tuple[int, str]:
    number, protocol = port_key(text)
    if not 0 < number < 65536 or protocol not in {"", "tcp", "udp", "sctp"}:
        raise InvalidArgument(f'invalid port "{text}"', hint="give a port, as 80 or 80/tcp")
    return number, protocol or "tcp"
