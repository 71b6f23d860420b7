"""Pure: the text of a container's /etc/resolv.conf."""

from collections.abc import Sequence

from nerdpy.dataclass import dataclass

HOST_FILE = "/etc/resolv.conf"
RESOLVED_FILE = "/run/systemd/resolve/resolv.conf"
"""The real servers, where the host's file names systemd-resolved's stub only."""
PUBLIC = ("8.8.8.8", "8.8.4.4")
PUBLIC6 = ("2001:4860:4860::8888", "2001:4860:4860::8844")
_STUBS = {"127.0.0.53", "127.0.0.54"}


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


def build_resolver(host: Resolver, given: "Given", *, is_isolated: bool, has_ipv6: bool = False) -> Resolver:
    """The container's resolver. `is_isolated`: its loopback isn't the host's: no servers of there."""
    servers = given.servers if given.servers is not None else host.servers
    if given.servers is None and is_isolated:
        servers = tuple(one for one in servers if not is_loopback(one) and (has_ipv6 or ":" not in one))
        servers = servers or (PUBLIC + PUBLIC6 if has_ipv6 else PUBLIC)
    search = given.search if given.search is not None else host.search
    return Resolver(
        servers=tuple(dict.fromkeys(servers)),
        search=() if search == (".",) else tuple(search),
        options=tuple(given.options if given.options is not None else host.options),
    )


@dataclass(frozen=True, kw_only=True)
class Given:
    """--dns, --dns-search, --dns-option, or nerdpy.toml's; None: neither, so the host's."""

    servers: Sequence[str] | None = None
    search: Sequence[str] | None = None
    options: Sequence[str] | None = None


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
