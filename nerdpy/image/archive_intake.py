"""What is in an archive of images, put into the content store as it streams by.

Each blob is written by one call of containerd's content service, in messages of a megabyte: four times as
fast as the transfer service's import, which takes 32 KiB at a time (docs/architecture.md has the figures).
containerd computes the digests, and refuses a blob that is not what its name says. All of it is held by
the client's lease alone until somebody names it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.image.archive_store import HEAD, store_known, store_new
from nerdpy.image.archive_tar import Member, Members

MOST_JSON = 16 << 20
"""Bytes of a manifest, an index or a config; larger ones are only there to hurt."""
MOST_PADDING = 16 << 20
"""Bytes that may follow the end of an archive: tape blocks are filled up with zeros."""
READ_HERE = ("oci-layout", "index.json", "manifest.json")
_HEX = {"sha256": 64}
"""containerd stores by no other digest."""
_BLOB = re.compile(r"blobs/([a-z0-9]+)/([^/]+)\Z")
_UNUSED = re.compile(r"(?:[0-9a-f]{64}/(?:VERSION|json)|repositories|VERSION)\Z")
"""What docker's old format has besides."""


@dataclass(frozen=True)
class Stored:
    """A member that is in the content store now."""

    digest: str
    size: int
    head: bytes = b""
    """How it begins."""


Told = Callable[[str, int, int], None]
"""Hears a member's name, how many of its bytes are there, and how many there will be."""


def ignore(name: str, done: int, total: int) -> None:
    """The listener of an intake that nobody watches."""


@dataclass
class Intake:
    """An archive's content, by the names of its members."""

    client: Client
    told: Told = ignore
    texts: dict[str, bytes] = field(default_factory=dict)
    """The members of READ_HERE."""
    _stored: dict[str, Stored] = field(default_factory=dict)
    _links: dict[str, str] = field(default_factory=dict)

    def take(self, pieces: Iterable[bytes]) -> None:
        """Read an unpacked tar stream to its end; InvalidArgument for what is broken or hostile."""
        ahead = iter(pieces)
        members = Members(ahead)
        for member in members:
            if member.target:
                self._links[member.name] = member.target
            elif member.name in READ_HERE:
                self._read(members, member)
            elif not _UNUSED.match(member.name):
                self._store(members, member)
        _read_to_the_end(ahead)

    def find(self, name: str) -> Stored | None:
        """The member of this name, through one link at most, as docker wrote them."""
        return self._stored.get(self._links.get(name, name))

    def _read(self, members: Members, member: Member) -> None:
        if member.size > MOST_JSON:
            raise InvalidArgument(f'the archive has a "{member.name}" of {member.size} bytes')
        self.texts[member.name] = b"".join(members.content())

    def _store(self, members: Members, member: Member) -> None:
        expected = expected_digest(member.name)
        pieces = self._counted(member, members.content())
        if not expected:
            stored = store_new(self.client, pieces, size=member.size)
            self._stored[member.name] = Stored(stored.digest, member.size, stored.head)
            return
        head, pieces = _beginning(pieces)
        try:
            store_known(self.client, expected, pieces, size=member.size)
        except FailedPrecondition as error:
            raise InvalidArgument(f'the archive lies: "{member.name}" is not what its name says') from error
        self._stored[member.name] = Stored(expected, member.size, head)

    def _counted(self, member: Member, pieces: Iterator[bytes]) -> Iterator[bytes]:
        done = 0
        for piece in pieces:
            yield piece
            done += len(piece)
            self.told(member.name, done, member.size)


def _read_to_the_end(pieces: Iterator[bytes]) -> None:
    """Packed streams have their checksum there, and who writes into a pipe wants to be heard."""
    left = MOST_PADDING
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise InvalidArgument(f"more than {MOST_PADDING} bytes follow the end of the archive")


def _beginning(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """(the first piece's first bytes, all pieces)."""
    first = next(pieces, b"")
    return first[:HEAD], chain([first] if first else [], pieces)


def expected_digest(name: str) -> str:
    """The digest that a blob's name promises; empty for members that are called otherwise."""
    found = _BLOB.match(name)
    if found is None:
        return ""
    algorithm, digits = found.groups()
    if _HEX.get(algorithm) != len(digits) or not re.fullmatch("[0-9a-f]+", digits):
        raise InvalidArgument(f'the archive has a blob whose name is no sha256 digest: "{name[:200]}"')
    return f"{algorithm}:{digits}"
