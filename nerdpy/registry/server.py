"""Pure: the SERVER of login and logout -> the host that is meant."""

import re
from urllib.parse import urlsplit

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.registry.keys import host_of

_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")
_ROOTS = {"", "v1", "v2"}


@dataclass(frozen=True)
class Server:
    """A registry's host with its port, and the path that was typed behind it and means nothing."""

    host: str
    path: str = ""


def parse_server(text: str) -> Server:
    """`ghcr.io`, `https://ghcr.io/v2/`, `localhost:5000`; nothing is docker's own registry."""
    scheme, separator, rest = text.strip().rpartition("://")
    if separator and scheme.lower() not in {"http", "https"}:
        raise InvalidArgument(f'"{text}" is not a registry: "{scheme}" is no scheme of one', hint=_HINT)
    named, _, path = rest.partition("/")
    if "?" in rest or "#" in rest:
        raise InvalidArgument(
            f'"{text}" is not a registry', hint="namespaces of mirrors have no logins of their own: " + _HINT
        )
    if "@" in named:  # without its text: a password may stand before the @
        raise InvalidArgument("a registry's name has no user in it", hint="give the user with --username")
    if named and not (_HOST.match(named) and _has_good_port(named)):
        raise InvalidArgument(f'"{text}" is not the name of a registry', hint=_HINT)
    path = path.strip("/")
    host = host_of(f"{scheme}{separator}{named}" if named else "docker.io")
    return Server(host, "" if path in _ROOTS else path)


def _has_good_port(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").port != 0
    except ValueError:
        return False


_HINT = "give its host, with the port if it has an odd one: `ghcr.io`, `localhost:5000`"
