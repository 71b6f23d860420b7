"""Pure: published and exposed ports, and the grammar of -p and --expose."""

from typing import TypedDict

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.address import parse_ip
from nerdpy.model.pairs import split_record

PROTOCOLS = ("tcp", "udp", "sctp")
HIGHEST = 65535
_EVERYWHERE = {"", "0.0.0.0", "::"}


@dataclass(frozen=True, kw_only=True, order=True)
class PortMapping:
    """One port of the container, reachable on the host. `host_port` 0: to be picked."""

    container_port: int
    protocol: str = "tcp"
    """`tcp`, `udp` or `sctp`."""
    host_ip: str = ""
    """Empty: every address of the host, IPv4 and IPv6."""
    host_port: int = 0
    host_port_end: int = 0
    """Above `host_port`: the first free port of the range is taken."""

    def clashes(self, other: "PortMapping") -> bool:
        """Can the host not give both, be it to one container or to two?"""
        if (self.host_port, self.protocol) != (other.host_port, other.protocol):
            return False
        one, two = self.host_ip, other.host_ip
        is_same_family = not one or not two or (":" in one) == (":" in two)
        return is_same_family and (one == two or bool({one, two} & _EVERYWHERE))


@dataclass(frozen=True, kw_only=True, order=True)
class ExposedPort:
    """`80/tcp`: what an image or --expose declares, and -P publishes."""

    port: int
    protocol: str = "tcp"

    def __str__(self) -> str:
        return f"{self.port}/{self.protocol}"


class _Named(TypedDict):
    protocol: str
    host_ip: str


def parse_publish(text: str) -> tuple[PortMapping, ...]:
    """-p `[IP:][HOST[-HOST]:]CONTAINER[-CONTAINER][/PROTOCOL]`, or `target=80,published=8080`."""
    if "=" in text:
        text = _from_fields(text)
    words, _, protocol = text.partition("/")
    host_ip, host, container = _split(words)
    if not container:
        raise InvalidArgument(f'no container port in "{text}"', hint="write [[IP:]HOST:]CONTAINER[/PROTOCOL]")
    first, last = _parse_range(container, "container")
    if first == 0:
        raise InvalidArgument('container port "0" cannot be published', hint="use a port from 1 to 65535")
    named: _Named = {"protocol": _parse_protocol(protocol), "host_ip": parse_ip(host_ip) if host_ip else ""}
    if not host:
        return tuple(PortMapping(container_port=port, **named) for port in range(first, last + 1))
    low, high = _parse_range(host, "host")
    if last == first:
        end = high if high > low else 0
        return (PortMapping(container_port=first, host_port=low, host_port_end=end, **named),)
    if high - low != last - first:
        raise InvalidArgument(
            f"invalid ranges for container and host ports: {container} and {host}",
            hint="both ranges must have the same number of ports",
        )
    return tuple(
        PortMapping(container_port=first + step, host_port=low + step, **named)
        for step in range(high - low + 1)
    )


def parse_expose(text: str) -> tuple[ExposedPort, ...]:
    """--expose `PORT[-PORT][/PROTOCOL]`."""
    ports, _, protocol = text.partition("/")
    if ":" in ports:
        raise InvalidArgument(f'invalid port format for --expose: "{text}"', hint="use -p to publish a port")
    first, last = _parse_range(ports, "container")
    if first == 0:
        raise InvalidArgument('port "0" cannot be exposed', hint="use a port from 1 to 65535")
    known = _parse_protocol(protocol)
    return tuple(ExposedPort(port=port, protocol=known) for port in range(first, last + 1))


def _split(words: str) -> tuple[str, str, str]:
    """(host ip, host ports, container ports); the address may hold colons, bare or in brackets."""
    before, _, container = words.rpartition(":")
    address, colon, host = before.rpartition(":")
    if not colon:
        return "", host, container
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    elif "[" in address or "]" in address or host.endswith("]"):
        raise InvalidArgument(
            f'invalid IP address in "{words}"', hint="an IPv6 address is written [ADDRESS]:HOST:CONTAINER"
        )
    return address, host, container


def _parse_range(text: str, whose: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    bounds = (_parse_port(first, text, whose), _parse_port(last if dash else first, text, whose))
    if bounds[1] < bounds[0]:
        raise InvalidArgument(f'invalid {whose} port range "{text}": it ends before it starts')
    return bounds


def _parse_port(digits: str, text: str, whose: str) -> int:
    if not (digits.isascii() and digits.isdecimal()):
        raise InvalidArgument(
            f'invalid {whose} port "{text}"', hint="a port is a number, or a range such as 80-82"
        )
    if int(digits) > HIGHEST:
        raise InvalidArgument(f'invalid {whose} port "{text}": the highest port is {HIGHEST}')
    return int(digits)


def _parse_protocol(text: str) -> str:
    protocol = text.lower() or "tcp"
    if protocol not in PROTOCOLS:
        raise InvalidArgument(f'invalid protocol "{text}"', hint="use tcp, udp or sctp")
    return protocol


def _from_fields(text: str) -> str:
    """`target=80,published=8080` in the short form."""
    given = {}
    for field in split_record(text):
        key, _, value = field.partition("=")
        if key not in {"target", "published", "protocol", "mode"}:
            raise InvalidArgument(
                f'unknown key "{key}" in "{text}"', hint="known are target, published, protocol"
            )
        given[key] = value
    if given.get("mode", "host") not in {"host", "ingress"}:
        raise InvalidArgument(f'invalid publish mode "{given["mode"]}"', hint="use mode=host")
    if not given.get("target"):
        raise InvalidArgument(f'no container port in "{text}"', hint="write target=PORT,published=PORT")
    return f"{given.get('published', '')}:{given['target']}/{given.get('protocol', '')}"
