"""Pure: `--network`, in its short form (a name) and docker's long one (`name=front,alias=web`)."""

from nerdpy import errors
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.address import parse_ip4, parse_ip6, parse_mac
from nerdpy.model.pairs import split_record

_KNOWN = "name, alias, ip, ip6 and mac-address"
_REFUSED = {
    "driver-opt": "options of a network's driver belong to `network create --opt`",
    "link-local-ip": "CNI plugins give link-local addresses by themselves",
    "gw-priority": "name the network of the default route first",
}
MODES = frozenset({"host", "none", "bridge", "default"})
"""Not user-defined: each stands alone."""


@dataclass(frozen=True, kw_only=True)
class NetworkRequest:
    """One --network."""

    name: str
    aliases: tuple[str, ...] = ()
    ip: str = ""
    ip6: str = ""
    mac_address: str = ""

    @property
    def is_user_defined(self) -> bool:
        """Is it a network that somebody made, rather than a mode?"""
        return self.name not in MODES and self.name.partition(":")[0] not in {"container", "ns"}


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


def _is_long(text: str) -> bool:
    """No name has `=` in it; a path may."""
    return "=" in text and not text.startswith(("container:", "ns:"))


def _parse_fields(text: str) -> NetworkRequest:
    found: dict[str, str] = {}
    aliases: list[str] = []
    for field in split_record(text):
        key, equals, value = field.partition("=")
        key, value = key.strip().lower(), value.strip()
        if not equals or not key:
            raise InvalidArgument(f'invalid field "{field}"', hint=f"write KEY=VALUE; keys are {_KNOWN}")
        if key in _REFUSED:
            raise errors.NotImplemented(f"--network {key}= is not available: {_REFUSED[key]}")
        if key not in {"name", "alias", "ip", "ip6", "mac-address"}:
            raise InvalidArgument(f'invalid field key "{key}"', hint=f"known keys are {_KNOWN}")
        if key == "alias":
            aliases.append(value)
        else:
            found[key] = value
    if not found.get("name"):
        raise InvalidArgument("network name is not specified", hint="write name=NETWORK,...")
    return NetworkRequest(
        name=found["name"],
        aliases=tuple(aliases),
        ip=parse_ip4(found["ip"]) if found.get("ip") else "",
        ip6=parse_ip6(found["ip6"]) if found.get("ip6") else "",
        mac_address=parse_mac(found["mac-address"]) if found.get("mac-address") else "",
    )
