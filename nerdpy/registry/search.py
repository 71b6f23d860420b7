"""Search a registry by docker's first API, which Docker Hub still has; OCI registries have no search.

Source: Docker Registry API v1, `GET /v1/search?q=TERM&n=NUMBER`.
"""

import json
from typing import Any
from urllib.parse import urlencode

from nerdpy.config import Config
from nerdpy.dataclass import dataclass, replace
from nerdpy.errors import InvalidArgument, NerdpyError, NotFound, Unavailable
from nerdpy.model.filters import Filters, parse_filters
from nerdpy.registry.connection import Connection, access_of, expect
from nerdpy.registry.endpoints import own_endpoint
from nerdpy.registry.hosts_toml import Endpoint
from nerdpy.registry.server import parse_server

HUB_INDEX = "index.docker.io"
MOST = 100
"""What Docker Hub gives at most, in one answer."""
USUAL = 25
"""What it gives when nobody says how many."""
LONGEST_ANSWER = 16 << 20
FILTERS = ("is-automated", "is-official", "stars")


@dataclass(frozen=True)
class Term:
    """Where to search, and for what."""

    host: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One repository that was found."""

    name: str
    description: str = ""
    stars: int = 0
    is_official: bool = False
    is_automated: bool = False


def search(config: Config, text: str, *, filters: list[str], limit: int = 0) -> list[Hit]:
    """The repositories that match, in the registry's order; `limit` 0 is all that it gives.

    InvalidArgument for a filter or limit that is malformed, before anything is asked.
    """
    wanted = parse_search_filters(filters)
    if not 0 <= limit <= MOST:
        raise InvalidArgument(f"limit {limit} is outside the range of [1, {MOST}]")
    term = parse_term(text)
    number = MOST if wanted else limit or USUAL
    hits = [hit for hit in _ask(config, term, number) if is_wanted(hit, wanted)]
    return hits[:limit] if limit else hits


def parse_term(text: str) -> Term:
    """The registry at the front (a dot, a colon or `localhost` before the first slash), or Docker Hub."""
    if "://" in text:
        raise InvalidArgument(f'"{text}" must not have a scheme', hint="give HOST/TERM, or TERM alone")
    front, slash, rest = text.partition("/")
    if not slash or not ("." in front or ":" in front or front == "localhost"):
        front, rest = "docker.io", text
    host = parse_server(front).host
    if host == "docker.io":
        rest = rest.removeprefix("library/")
    if not rest.strip():
        raise InvalidArgument(f'"{text}" has nothing to search for', hint="give HOST/TERM, or TERM alone")
    return Term(host, rest)


def parse_search_filters(texts: list[str]) -> Filters:
    """`is-official=BOOL`, `is-automated=BOOL`, `stars=NUMBER`; of several numbers the largest counts."""
    filters = parse_filters(texts, FILTERS)
    for key in ("is-official", "is-automated"):
        filters.boolean(key)
    for value in filters.get("stars"):
        if not (value.isascii() and value.isdecimal()):
            raise InvalidArgument(f'invalid filter "stars={value}": it must be a whole number')
    return filters


def is_wanted(hit: Hit, filters: Filters) -> bool:
    """Does it pass all filters?"""
    stars = max(map(int, filters.get("stars")), default=0)
    return (
        hit.stars >= stars
        and filters.boolean("is-official", hit.is_official) == hit.is_official
        and filters.boolean("is-automated", hit.is_automated) == hit.is_automated
    )


def _ask(config: Config, term: Term, number: int) -> list[Hit]:
    access = access_of(config)
    host = HUB_INDEX if term.host == "docker.io" else term.host
    endpoint = own_endpoint(host, host_dirs=access.host_dirs, is_insecure=access.is_insecure)
    connection = Connection(host, access, endpoints=(endpoint,))
    query = urlencode({"q": term.text, "n": number})
    answer = connection.send(_above(endpoint), "GET", f"/v1/search?{query}")
    if answer.status in {404, 405}:
        answer.close()
        raise NotFound(
            f'registry "{host}" cannot be searched: it does not have docker\'s first API',
            hint="only Docker Hub and a few others have it; look at the registry's own web page",
        )
    expect(endpoint, answer, {200}, f'search for "{term.text}"')
    return parse_hits(answer.read(LONGEST_ANSWER), host)


def _above(endpoint: Endpoint) -> Endpoint:
    """The first API stands beside the second."""
    return replace(endpoint, url=endpoint.url.removesuffix("/v2"))


def parse_hits(data: bytes, host: str) -> list[Hit]:
    """`{"results": [{"name": ..., "description": ..., "star_count": ..., "is_official": ...}]}`"""
    try:
        return [_hit(one) for one in json.loads(data)["results"] or ()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _malformed(host) from None


def _hit(value: dict[str, Any]) -> Hit:
    return Hit(
        name=str(value["name"]),
        description=str(value.get("description") or ""),
        stars=int(value.get("star_count") or 0),
        is_official=value.get("is_official") is True,
        is_automated=value.get("is_automated") is True,
    )


def _malformed(host: str) -> NerdpyError:
    return Unavailable(f'what registry "{host}" found is malformed: it is no list of repositories')
