"""Where an import's bytes come from: a file, standard input, or a web address."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

from nerdpy.errors import InvalidArgument, NotFound, PermissionDenied, Unavailable
from nerdpy.image.load import opened, pieces_of

PIECE = 1 << 20
PATIENCE = (30.0, 60.0)
"""Seconds that a server may take to be reached, and to send the next byte."""
MOST_REDIRECTS = 10
_REDIRECTS = {301, 302, 303, 307, 308}


@contextmanager
def source(text: str) -> Iterator[Iterator[bytes]]:
    """Lend the pieces of a file, of standard input (`-`), or of what a web server sends."""
    if text == "-":
        if os.isatty(0):
            raise InvalidArgument("refusing to read an archive from a terminal", hint="redirect a file")
        yield pieces_of(0)
    elif is_address(text):
        yield _fetched(text)
    else:
        with opened(text) as descriptor:
            yield pieces_of(descriptor)


def is_address(text: str) -> bool:
    return urlsplit(text).scheme in {"http", "https"}


def _fetched(address: str) -> Iterator[bytes]:
    import requests

    try:
        with requests.Session() as session, _answer(session, address) as answer:
            yield from _body(answer)
    except requests.exceptions.SSLError as error:
        raise PermissionDenied(f'no safe connection to "{address}": TLS was not agreed upon') from error
    except requests.exceptions.RequestException as error:
        raise Unavailable(f'cannot fetch "{address}"') from error


def _answer(session: Any, address: str) -> Any:
    """Follow redirects by hand: from https to plain http, or to another scheme, is refused."""
    for _ in range(MOST_REDIRECTS):
        answer = session.get(address, stream=True, timeout=PATIENCE, allow_redirects=False)
        if answer.status_code not in _REDIRECTS:
            if answer.status_code != 200:
                raise NotFound(
                    f'cannot fetch "{address}": the server says {answer.status_code} {answer.reason}'
                )
            return answer
        target = urljoin(address, answer.headers.get("Location", ""))
        answer.close()
        if not is_address(target) or (address.startswith("https:") and not target.startswith("https:")):
            raise PermissionDenied(f'"{address}" redirects to "{target[:200]}", which is not safe')
        address = target
    raise Unavailable(f'"{address}" redirects too often')


def _body(answer: Any) -> Iterator[bytes]:
    """The bytes as they are sent: what is packed is unpacked later, by its own mark."""
    from urllib3.exceptions import HTTPError

    try:
        while data := answer.raw.read(PIECE, decode_content=False):
            yield data
    except HTTPError as error:
        raise Unavailable(f'"{answer.url}" broke off before its end') from error
