"""Pure: `--network`, in its short form (a name) and docker's long one (`name=front,alias=web`)."""

from collections.abc import Callable
from typing import Any

from nerdpy.dataclass import asdict, dataclass, replace
from nerdpy.errors import InvalidArgument
from nerdpy.model.address import parse_ip4, parse_ip6, parse_link_local, parse_mac
from nerdpy.model.endpoint_option import parse_endpoint_option
from nerdpy.model.pairs import split_record

_KNOWN = "name, alias, ip, ip6, mac-address, driver-opt, gw-priority and link-local-ip"
MODES = frozenset({"host", "none", "bridge", "default"})
"""Not user-defined: each stands alone."""


@dataclass(frozen=True, kw_only=True)
class NetworkRequest:
    """One --network: what the container asks of it. docker calls it the endpoint's settings."""

    name: str
    aliases: tuple[str, ...] = ()
    ip: str = ""
    ip6: str = ""
    mac_address: str = ""
    link_local_ips: tuple[str, ...] = ()
    driver_options: tuple[tuple[str, str], ...] = ()
    """(docker's key, value); see `endpoint_option`."""
    priority: int = 0
    """The highest gives the default route."""

    @property
    def is_user_defined(self) -> bool:
        """Is it a network that somebody made, rather than a mode?"""
        return self.name not in MODES and self.name.partition(":")[0] not in {"container", "ns"}

    @property
    def is_plain(self) -> bool:
        """Does it say no more than the network's name?"""
        return self == NetworkRequest(name=self.name)


def parse_network(text: str) -> NetworkRequest:
    """Either form; `default` is the default bridge."""
    request = _parse_fields(text) if _is_long(text) else NetworkRequest(name=text)
    kind, colon, target = request.name.partition(":")
    if not request.name:
        raise InvalidArgument("the network has no name", hint="write --network NAME")
    if colon and kind in {"container", "ns"}:
        if not target:
            raise InvalidArgument(
                f'network "{request.name}" names no {"container" if kind == "container" else "path"}',
                hint="write container:NAME, or ns:/path/to/netns",
            )
        if kind == "ns" and not target.startswith("/"):
            raise InvalidArgument(f'network "{request.name}": the namespace\'s path must be absolute')
    return request


def parse_alias(text: str) -> str:
    """A name that somebody can look up: one word. Empty, as docker takes it, it says nothing."""
    if not text.isprintable() or any(one in ",#" or one.isspace() for one in text):
        raise InvalidArgument(
            f'"{text}" cannot be a network alias', hint="use letters, digits, `-`, `_` and dots"
        )
    return text


def parse_priority(text: str) -> int:
    """A whole number of 64 bits, as docker takes it."""
    try:
        number = int(text, 10)
    except ValueError:
        number = 1 << 63
    if not -(1 << 63) <= number < 1 << 63:
        raise InvalidArgument(f'invalid gw-priority "{text}"', hint="write a whole number, as in 1 or -1")
    return number


def request_json(request: NetworkRequest) -> dict[str, Any]:
    """For a label: what is said, and nothing of what is not."""
    return {key: value for key, value in asdict(request).items() if value}


def request_of(value: dict[str, Any]) -> NetworkRequest:
    """What `request_json` wrote; TypeError or ValueError when it is something else."""
    request = NetworkRequest(**value)
    return replace(
        request,
        aliases=tuple(request.aliases),
        link_local_ips=tuple(request.link_local_ips),
        driver_options=tuple((key, text) for key, text in request.driver_options),
    )


def _is_long(text: str) -> bool:
    """No name has `=` in it; a path may."""
    return "=" in text and not text.startswith(("container:", "ns:"))


_SINGLE: dict[str, tuple[str, Callable[[str], Any]]] = {
    "name": ("name", str),
    "ip": ("ip", parse_ip4),
    "ip6": ("ip6", parse_ip6),
    "mac-address": ("mac_address", parse_mac),
    "gw-priority": ("priority", parse_priority),
}
_REPEATED: dict[str, tuple[str, Callable[[str], Any]]] = {
    "alias": ("aliases", parse_alias),
    "link-local-ip": ("link_local_ips", parse_link_local),
    "driver-opt": ("driver_options", parse_endpoint_option),
}


def _parse_fields(text: str) -> NetworkRequest:
    found: dict[str, Any] = {}
    for field in split_record(text):
        key, equals, value = field.partition("=")
        key, value = key.strip().lower(), value.strip()
        if not equals or not key:
            raise InvalidArgument(f'invalid field "{field}"', hint=f"write KEY=VALUE; keys are {_KNOWN}")
        if key in _SINGLE:
            name, parse = _SINGLE[key]
            if value or key == "gw-priority":
                found[name] = parse(value)
        elif key in _REPEATED:
            name, parse = _REPEATED[key]
            found[name] = (*found.get(name, ()), parse(value))
        else:
            raise InvalidArgument(f'invalid field key "{key}"', hint=f"known keys are {_KNOWN}")
    if not found.get("name"):
        raise InvalidArgument("network name is not specified", hint="write name=NETWORK,...")
    return with_last_options(NetworkRequest(**found))


def with_last_options(request: NetworkRequest) -> NetworkRequest:
    """Of a driver option that is given twice the last one counts, as in docker."""
    return replace(request, driver_options=tuple(dict(request.driver_options).items()))
