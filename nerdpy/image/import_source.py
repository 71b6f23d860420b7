"""Where an import's bytes come from: a file, standard input, or a web address."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from nerdpy.errors import InvalidArgument, NerdpyError, Unavailable
from nerdpy.image.load import opened, pieces_of


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
    """The bytes as they are sent: what is packed is unpacked later, by its own mark.

    The transport of registries follows redirects to http and https only, never away from TLS, and shows
    nobody a credential.
    """
    from nerdpy.registry.transport import Request, Transport

    try:
        answer = Transport().send(Request(method="GET", url=address))
        if answer.status != 200:
            answer.close()
            raise Unavailable(f"the server answers with status {answer.status}")
        yield from answer.pieces()
    except NerdpyError as error:
        reason = error.message.replace("registry ", "server ")
        raise Unavailable(f'cannot fetch "{address}": {reason}') from None
