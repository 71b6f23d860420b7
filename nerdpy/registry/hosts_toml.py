"""Pure: containerd's hosts.toml: where a registry and its mirrors are reached, and with what TLS.

Source: containerd, docs/hosts.md. The mirrors stand in the order of the file, the server comes last.
"""

from collections.abc import Iterator, Mapping
from posixpath import join as join_path
from posixpath import normpath
from typing import Any
from urllib.parse import urlsplit

from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import InvalidArgument
from nerdpy.model.duration import parse_duration

CAPABILITIES = ("pull", "resolve", "push", "referrers")
EVERYTHING = frozenset(CAPABILITIES)
_DESCRIPTIONS = frozenset({"capabilities", "ca", "client", "skip_verify", "header", "dial_timeout"})
"""What may stand before the first table: it is about the server, also where that has no line of its own."""


@dataclass(frozen=True)
class TlsSettings:
    """Whom to trust beside the machine's authorities, and what to show."""

    authorities: tuple[str, ...] = ()
    """Files of certificates, PEM."""
    certificates: tuple[tuple[str, str], ...] = ()
    """Pairs of client certificate and key; the key's path is empty where one file has both."""
    skips_verification: bool = False


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where one registry, or a mirror of it, is reached."""

    url: str
    """`https://host:port/v2`, without a slash at its end."""
    can: frozenset[str] = EVERYTHING
    tls: TlsSettings = field(default_factory=TlsSettings)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent to this host only: they may be secrets."""
    may_be_plain: bool = False
    """Speak plain HTTP if it does not speak TLS: loopback, or where the user asked for it."""
    dial_seconds: float = 0
    source: str = ""
    """The file that says so; empty: nothing was configured."""

    @property
    def scheme(self) -> str:
        return urlsplit(self.url).scheme

    @property
    def host(self) -> str:
        """With the port, where one is given."""
        return urlsplit(self.url).netloc

    @property
    def origin(self) -> str:
        """`https://host:port`"""
        return f"{self.scheme}://{self.host}"


def parse_hosts_toml(value: Mapping[str, Any], *, folder: str, upstream: Endpoint) -> tuple[Endpoint, ...]:
    """The endpoints of one file. `upstream` is the registry itself, for a file without a `server`.

    InvalidArgument names the file. Keys that containerd does not know either are not looked at.
    """
    source = join_path(folder, "hosts.toml")
    hosts = value.get("host") or {}
    if not isinstance(hosts, Mapping) or not all(isinstance(one, Mapping) for one in hosts.values()):
        raise InvalidArgument(f'"host" in {source} must be tables like [host."https://mirror.example"]')
    mirrors = tuple(_endpoint(name, table, folder, source) for name, table in hosts.items())
    server = value.get("server") or ""
    if not isinstance(server, str):
        raise InvalidArgument(f'"server" in {source} must be a URL')
    if server:
        return (*mirrors, _endpoint(server, value, folder, source))
    if _DESCRIPTIONS.isdisjoint(value):
        return (*mirrors, upstream)
    own = _endpoint(upstream.origin, value, folder, source)
    return (*mirrors, replace(own, may_be_plain=upstream.may_be_plain and not own.tls.authorities))


def _endpoint(name: str, table: Mapping[str, Any], folder: str, source: str) -> Endpoint:
    return Endpoint(
        url=_url(name, bool(table.get("override_path")), source),
        can=_capabilities(table.get("capabilities"), source),
        tls=TlsSettings(
            authorities=tuple(join_path(folder, path) for path in _texts(table, "ca", source)),
            certificates=tuple(_pairs(table.get("client"), folder, source)),
            skips_verification=bool(table.get("skip_verify")),
        ),
        headers=_headers(table.get("header"), source),
        dial_seconds=_dial_seconds(table.get("dial_timeout"), source),
        source=source,
    )


def _url(text: str, overrides_path: bool, source: str) -> str:
    """`/v2` goes behind the path, unless the administrator says that the path is the whole."""
    whole = text if text.startswith(("http://", "https://")) else f"https://{text}"
    try:
        parts = urlsplit(whole)
        is_good = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc and not parts.query
    except ValueError:
        is_good = False
    if not is_good:
        raise InvalidArgument(f'"{text}" in {source} is not the URL of a registry')
    path = "" if normpath(parts.path or "/") in {"/", "."} else normpath(parts.path)
    if not path.endswith("/v2") and not overrides_path:
        path += "/v2"
    return f"{parts.scheme}://{parts.netloc}{path}"


def _capabilities(value: Any, source: str) -> frozenset[str]:
    if not value:
        return EVERYTHING
    if not isinstance(value, list) or not all(one in CAPABILITIES for one in value):
        raise InvalidArgument(
            f'"capabilities" in {source} must be a list of {", ".join(CAPABILITIES)}, not {value!r}'
        )
    return frozenset(value)


def _texts(table: Mapping[str, Any], key: str, source: str) -> list[str]:
    value = table.get(key) or []
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise InvalidArgument(f'"{key}" in {source} must be a path, or a list of paths')
    return texts


def _pairs(value: Any, folder: str, source: str) -> Iterator[tuple[str, str]]:
    """A path, a list of paths, or a list of [certificate, key]."""
    for one in [value] if isinstance(value, str) else value or []:
        pair = [one, ""] if isinstance(one, str) else one
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            raise InvalidArgument(f'"client" in {source} must be paths, or pairs [certificate, key]')
        yield join_path(folder, pair[0]), join_path(folder, pair[1]) if pair[1] else ""


def _headers(value: Any, source: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidArgument(f'"header" in {source} must be a table')
    headers: dict[str, str] = {}
    for name, texts in value.items():
        listed = [texts] if isinstance(texts, str) else texts
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise InvalidArgument(f'"header" in {source} must be a table of texts or lists of texts')
        headers[name] = ", ".join(listed)
    return headers


def _dial_seconds(value: Any, source: str) -> float:
    if not value:
        return 0.0
    if not isinstance(value, str):
        raise InvalidArgument(f'"dial_timeout" in {source} must be a duration, as in "5s"')
    return parse_duration(value).total_seconds()
