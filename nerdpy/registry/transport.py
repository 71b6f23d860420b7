"""One HTTP request and its answer: TLS, proxies, deadlines and limits; who may see which header.

`requests` alone would read ~/.netrc, follow redirects with our headers, trust its own list of authorities
and unpack what it gets. None of that happens here.
"""

import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

import nerdpy
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import DeadlineExceeded, InvalidArgument, ResourceExhausted, Unavailable
from nerdpy.registry.bounded import WHOLE_SECONDS, bound
from nerdpy.registry.failure import connection_failure
from nerdpy.registry.hosts_toml import TlsSettings
from nerdpy.registry.keys import is_loopback
from nerdpy.registry.tls import context_of

CONNECT_SECONDS = 15.0
SILENCE_SECONDS = 60.0
"""How long a server may say nothing."""
MOST_REDIRECTS = 5
PIECE = 1 << 16
_REDIRECTS = {301, 302, 303, 307, 308}
_STAYS = {"accept", "user-agent", "range"}
"""Headers that another host may see, too."""


class Body(Protocol):
    """Bytes to send, of a known length."""

    def __len__(self) -> int: ...
    def read(self, size: int = -1) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to ask, and how to reach whoever is asked."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Body | None = field(default=None, repr=False)
    tls: TlsSettings = field(default_factory=TlsSettings)
    may_be_plain: bool = False
    """May a redirect lead from TLS to plain HTTP?"""
    connect_seconds: float = CONNECT_SECONDS


class Answer:
    """Status and headers; the body is read when asked for, never more of it than is said."""

    def __init__(self, response: requests.Response, url: str) -> None:
        self._response = response
        self.url = url
        """Where it came from, redirects followed."""
        self.status = response.status_code

    @property
    def origin(self) -> str:
        return origin_of(self.url)

    def header(self, name: str) -> str:
        """Empty if it is not there."""
        return str(self._response.headers.get(name, ""))

    def read(self, limit: int) -> bytes:
        """The whole body; ResourceExhausted if it is longer than `limit`, DeadlineExceeded if it drips."""
        data = self._beginning(limit + 1)
        if len(data) > limit:
            raise ResourceExhausted(f"the answer of {self.origin} is longer than {limit} bytes")
        return data

    def reason(self) -> bytes:
        """The beginning of the body, which says why; empty if that cannot be had."""
        try:
            return self._beginning(PIECE)
        except (Unavailable, DeadlineExceeded):
            return b""

    def _beginning(self, limit: int) -> bytes:
        until = time.monotonic() + WHOLE_SECONDS
        data = bytearray()
        try:
            for piece in self.pieces():
                data += piece
                if len(data) >= limit:
                    break
                if time.monotonic() > until:
                    raise DeadlineExceeded(
                        f"the answer of {self.origin} is not complete after {WHOLE_SECONDS:.0f} s"
                    )
        finally:
            self.close()
        return bytes(data[:limit])

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes."""
        raw = self._response.raw
        read = getattr(raw, "read1", raw.read)
        try:
            while piece := read(PIECE, decode_content=False):
                yield bytes(piece)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise Unavailable(f"the answer of {self.origin} broke off") from error
        finally:
            self.close()

    def close(self) -> None:
        self._response.close()


class Transport:
    """The connections of one command."""

    def __init__(self) -> None:
        self._sessions: dict[TlsSettings, requests.Session] = {}

    def send(self, request: Request) -> Answer:
        """The answer, whatever its status; redirects of GET and HEAD are followed.

        Another host (or port, or scheme) sees neither credentials nor the headers that were configured, and
        no client certificate. Unavailable and its kin when there is no answer.
        """
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._send_once(request)
            target = answer.header("Location")
            if request.method not in {"GET", "HEAD"} or answer.status not in _REDIRECTS or not target:
                return answer
            answer.close()
            request = redirected(request, target)
        raise Unavailable(f"{origin_of(request.url)} redirects without end")

    def _send_once(self, request: Request) -> Answer:
        headers = {
            "User-Agent": f"nerdpy/{nerdpy.__version__}",
            "Accept-Encoding": "identity",
            **request.headers,
        }
        url = request.url
        try:
            prepared = requests.Request(request.method, url, headers=headers, data=request.body).prepare()
            response = self._session(request.tls).send(
                prepared,
                stream=True,
                timeout=(request.connect_seconds, SILENCE_SECONDS),
                verify=not request.tls.skips_verification,
                allow_redirects=False,
                proxies={} if is_loopback(urlsplit(url).netloc) else get_environ_proxies(url),
            )
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError):
            raise InvalidArgument(f'"{origin_of(url)}" cannot be asked: URL or header is malformed') from None
        except (OSError, urllib3.exceptions.HTTPError) as error:  # requests' own errors are OSErrors
            raise connection_failure(url, error) from None
        return Answer(response, url)

    def _session(self, tls: TlsSettings) -> requests.Session:
        if tls not in self._sessions:
            session = requests.Session()
            session.trust_env = False  # no ~/.netrc; proxies are looked up above
            session.mount("https://", _Adapter(tls))
            session.mount("http://", _Adapter(tls))
            if tls.skips_verification:
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            self._sessions[tls] = session
        return self._sessions[tls]


class _Adapter(HTTPAdapter):
    """Connections with a clock, and HTTPS with our own context, made when the first of them needs it."""

    def __init__(self, tls: TlsSettings) -> None:
        self._tls = tls
        self._context: ssl.SSLContext | None = None
        super().__init__()
        bound(self.poolmanager)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if self._context is None and (request.url or "").startswith("https:"):
            self._context = context_of(self._tls)
            self.poolmanager.connection_pool_kw["ssl_context"] = self._context
        return super().send(request, *args, **kwargs)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if self._context is not None:  # the manager may be older than that
            manager.connection_pool_kw["ssl_context"] = self._context
        bound(manager)
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Without the authorities that requests brings along: the context has the machine's."""
        conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"


def redirected(request: Request, location: str) -> Request:
    """The request that a redirect asks for; Unavailable where following it would be wrong."""
    here, url = origin_of(request.url), urljoin(request.url, location)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise Unavailable(f"{here} redirects to what is not the URL of a server")
    there = origin_of(url)
    if there == here:
        return replace(request, url=url)
    if parts.scheme == "http" and here.startswith("https:") and not request.may_be_plain:
        raise Unavailable(
            f"{here} redirects to {there}, which is not encrypted",
            hint="if that is meant so, use --insecure-registry",
        )
    return replace(
        request,
        url=url,
        headers={name: value for name, value in request.headers.items() if name.lower() in _STAYS},
        tls=replace(
            request.tls,
            certificates=(),
            skips_verification=request.tls.skips_verification and request.may_be_plain,
        ),
    )


def origin_of(url: str) -> str:
    """Scheme, host and port; a port that goes without saying is left out."""
    parts = urlsplit(url)
    default = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(default)}"
