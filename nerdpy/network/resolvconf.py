"""Pure: the text of a container's /etc/resolv.conf.

The last lines are comments: what was given for this container, and a seal over the text. While the seal
holds, nobody has edited the file, and it is written anew at every start, for the host's servers change.
"""

import json
import re
from collections.abc import Sequence

from nerdpy.dataclass import dataclass, replace
from nerdpy.sha256 import hexdigest

HOST_FILE = "/etc/resolv.conf"
RESOLVED_FILE = "/run/systemd/resolve/resolv.conf"
"""The real servers, where the host's file names systemd-resolved's stub only."""
PUBLIC = ("8.8.8.8", "8.8.4.4")
PUBLIC6 = ("2001:4860:4860::8888", "2001:4860:4860::8844")
MOST_SERVERS = 3
"""resolv.conf(5), MAXNS: further ones are never asked."""
_LINK_LOCAL = re.compile("fe[89ab][0-9a-f]:", re.IGNORECASE)
_PLAIN = re.compile(
    r"\s*([#;].*|nameserver\s+(\d+(\.\d+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%\S+)?)|search(\s+\S+)*|domain\s+\S+"
    r"|options(\s+((ndots|timeout|attempts):\d+|rotate|edns0|trust-ad|use-vc|single-request(-reopen)?))+)?\s*",
)
_STUBS = {"127.0.0.53", "127.0.0.54"}
_SEAL = "# nerdpy keeps this file up to date until somebody edits it: "
_GIVEN = "# given: "


@dataclass(frozen=True, kw_only=True)
class Resolver:
    """What a resolv.conf says."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def parse_resolv_conf(text: str) -> Resolver:
    """As resolv.conf(5): of `search` and `domain` the last one stands, `options` add up."""
    servers: list[str] = []
    options: list[str] = []
    search: tuple[str, ...] = ()
    for line in text.splitlines():
        words = line.partition("#")[0].partition(";")[0].split()
        if len(words) < 2:
            continue
        if words[0] == "nameserver":
            servers.append(words[1])
        elif words[0] in ("search", "domain"):
            search = tuple(words[1:])
        elif words[0] == "options":
            options += words[1:]
    return Resolver(servers=tuple(servers), search=search, options=tuple(options))


def names_only_the_stub(text: str) -> bool:
    """Does the host's file lead to systemd-resolved alone? Then RESOLVED_FILE is the one to read."""
    servers = parse_resolv_conf(text).servers
    return bool(servers) and set(servers) <= _STUBS


def is_plain(text: str) -> bool:
    """Does aardvark-dns 1.4 understand the host's file? One word that it does not know (`no-aaaa`, say), and
    it asks nobody."""
    return all(map(_PLAIN.fullmatch, text.splitlines()))


@dataclass(frozen=True, kw_only=True)
class Given:
    """--dns, --dns-search, --dns-option, or nerdpy.toml's; None: neither, so the host's."""

    servers: Sequence[str] | None = None
    search: Sequence[str] | None = None
    options: Sequence[str] | None = None
    is_isolated: bool = True
    """Is its loopback another than the host's? Then no servers of there."""

    def over(self, other: "Given") -> "Given":
        """This one, and the other where nothing was given."""
        return replace(
            self,
            servers=other.servers if self.servers is None else self.servers,
            search=other.search if self.search is None else self.search,
            options=other.options if self.options is None else self.options,
        )


def build_resolver(host: Resolver, given: Given, *, has_ipv6: bool = False) -> Resolver:
    """The container's resolver."""
    servers = given.servers if given.servers is not None else host.servers
    if given.servers is None and given.is_isolated:
        servers = tuple(one for one in servers if _is_reachable(one, has_ipv6=has_ipv6))
        servers = servers or (PUBLIC + PUBLIC6 if has_ipv6 else PUBLIC)
    search = given.search if given.search is not None else host.search
    return Resolver(
        servers=tuple(dict.fromkeys(servers)),
        search=() if tuple(search) == (".",) else tuple(search),
        options=tuple(given.options if given.options is not None else host.options),
    )


@dataclass(frozen=True)
class Asked:
    """The DNS servers of the container's own networks."""

    gateways: tuple[str, ...]
    is_steady: bool = True
    """Do they answer at every moment? Others refuse or lose what comes while they read their zones anew."""


def asking(resolver: Resolver, asked: Asked, given: Given) -> Resolver:
    """The same for a container that asks the servers of its networks.

    A name without a dot is a neighbour's first, and only then one of the search domains, as in docker:
    `ndots:0`, unless something else was given for this container. Servers that are not steady are asked
    again soon and often: what they refuse at once by glibc, what they lose after a second or two. Not sooner:
    by musl `timeout` is the time for all attempts together, in which a slow server outside has to answer.
    They know no TCP either.
    """
    gateways = asked.gateways
    wanted = {"ndots": "0"}
    if not asked.is_steady:
        gateways *= MOST_SERVERS
        wanted |= {"timeout": "2", "attempts": "2"}
    kept = {one.partition(":")[0] for one in given.options or ()}
    replaced = wanted.keys() | ({"use-vc"} if not asked.is_steady else set())
    options = [one for one in resolver.options if one.partition(":")[0] not in replaced - kept]
    options += [f"{name}:{value}" for name, value in wanted.items() if name not in kept]
    return replace(resolver, servers=gateways[:MOST_SERVERS], options=tuple(options))


def _is_reachable(address: str, *, has_ipv6: bool) -> bool:
    """Can it be asked from a network of containers? Link-local servers (RFC 4291, 2.5.6) are on a link of the
    host's, whatever scope stands behind them."""
    if ":" in address:
        return has_ipv6 and not is_loopback(address) and not _LINK_LOCAL.match(address)
    return not is_loopback(address)


def is_loopback(address: str) -> bool:
    """Is it reached on the host only?"""
    return address.startswith("127.") or address.partition("%")[0] == "::1"


def render_resolv_conf(resolver: Resolver) -> str:
    """The file's text."""
    lines = [f"nameserver {server}" for server in resolver.servers]
    if resolver.search:
        lines.append("search " + " ".join(resolver.search))
    if resolver.options:
        lines.append("options " + " ".join(resolver.options))
    return "".join(f"{line}\n" for line in lines)


def sealed(text: str, given: Given) -> str:
    """The text with what was given and the seal below it."""
    said = {key: list(value) for key in ("servers", "search", "options") if (value := getattr(given, key))}
    facts = said if given.is_isolated else said | {"is_isolated": False}
    text += f"{_GIVEN}{json.dumps(facts)}\n" if facts else ""
    return f"{text}{_SEAL}{_digest(text)}\n"


def unsealed(text: str) -> Given | None:
    """What was given for the container whose file this is; None: it was edited, or nerdpy never wrote it."""
    body, seal, digest = text.rpartition(_SEAL)
    if not seal or digest != f"{_digest(body)}\n":
        return None
    facts = body.rpartition(_GIVEN)[2] if _GIVEN in body else "{}"
    try:
        said = {key: tuple(value) for key, value in json.loads(facts).items() if isinstance(value, list)}
        return Given(**said, is_isolated='"is_isolated": false' not in facts)
    except (ValueError, TypeError):
        return None


def _digest(text: str) -> str:
    return hexdigest(text, "surrogateescape")[:16]
