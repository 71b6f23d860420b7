"""One blob into the content store, whatever becomes of it on the way."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress

from nerdpy.containerd.client import Client
from nerdpy.errors import AlreadyExists, NotFound

HEAD = 8


class Hashed:
    """Pieces that are counted and hashed as they pass; iterate once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._hash = hashlib.sha256()
        self.size = 0
        self.head = b""
        """How the blob begins."""

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if len(self.head) < HEAD:
                self.head += piece[: HEAD - len(self.head)]
            self._hash.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def store_new(client: Client, pieces: Iterable[bytes], *, size: int = 0) -> Hashed:
    """Write a blob whose digest nobody knows before; a blob that was there already is held by the lease, too.

    What is interrupted is thrown away at once.
    """
    ref = f"nerdpy-{secrets.token_hex(8)}"
    hashed = Hashed(pieces)
    try:
        client.content.write(ref, hashed, size=size)
    except AlreadyExists:  # containerd says so at the end only, when all of it has passed
        pass
    except BaseException:
        with suppress(NotFound):
            client.content.abort(ref)
        raise
    return hashed


def store_known(client: Client, digest: str, pieces: Iterable[bytes], *, size: int) -> None:
    """Write a blob that must have this digest, or FailedPrecondition; one that is there already is not read
    at all."""
    ref = f"nerdpy-{secrets.token_hex(8)}"
    try:
        client.content.write(ref, pieces, size=size, digest=digest)
    except BaseException:
        with suppress(NotFound):
            client.content.abort(ref)
        raise
