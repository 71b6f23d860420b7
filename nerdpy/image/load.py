"""Put the images of an archive into the store: all of them, or none.

What streams in is held by a lease alone. When it turns out to be whole it is unpacked, and at the very end
the images get their names: who is interrupted leaves nothing.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine, Warned
from nerdpy.errors import InvalidArgument, NerdpyError
from nerdpy.image.archive_images import Found, images_of
from nerdpy.image.archive_intake import Intake
from nerdpy.image.archive_keep import Keeper
from nerdpy.image.archive_lease import leased_whole
from nerdpy.image.archive_progress import ArchiveProgress
from nerdpy.image.archive_wish import Wish
from nerdpy.image.names import shown_name
from nerdpy.image.read import LocalImage, own_platform, read
from nerdpy.image.tag import find_before, give_name
from nerdpy.image.telling import tell
from nerdpy.image.unpack import unpack
from nerdpy.linux.packing import unpacked
from nerdpy.model.descriptor import Descriptor, Platform
from nerdpy.model.platform import best_match
from nerdpy.model.records import ImageRecord

PIECE = 1 << 20


@dataclass(frozen=True)
class Loaded:
    """An image that has its name now."""

    record: ImageRecord
    replaced: str = ""
    """The digest of what had the name before, when that was another image."""

    @property
    def shown(self) -> str:
        """The name as people write it."""
        name = shown_name(self.record.name)
        return self.record.name if name.is_dangling else str(name)


def load_file(engine: Engine, path: str, wish: Wish) -> list[Loaded]:
    """Load the archive in a file; an empty path means standard input."""
    if path:
        with opened(path) as descriptor:
            return load(engine, pieces_of(descriptor), wish)
    if os.isatty(0):
        raise InvalidArgument(
            "requested load from stdin, but stdin is a terminal", hint="use --input, or redirect an archive"
        )
    ahead = pieces_of(0)
    first = next(ahead, b"")
    if not first:
        raise InvalidArgument("requested load from stdin, but stdin is empty", hint="use --input FILE")
    return load(engine, _chained(first, ahead), wish)


def load(engine: Engine, pieces: Iterable[bytes], wish: Wish) -> list[Loaded]:
    """Load the archive, packed or not, whose bytes these are."""
    progress = ArchiveProgress(engine.notify, "archive", "loading")
    with leased_whole(engine) as client:
        intake = Intake(client, progress)
        intake.take(unpacked(pieces))
        loaded = settle(engine, client, images_of(intake, date.today()), wish)
        if wish.platforms:  # what else was in the archive goes at once
            client.leases.delete(client.calls.lease, synchronous=True)
    progress.end()
    return loaded


def settle(engine: Engine, client: Client, found: list[Found], wish: Wish) -> list[Loaded]:
    """Check, unpack and name images whose content is here."""
    keeper = Keeper(client, wish)
    for image in found:
        record = ImageRecord(name=image.names[0], target=image.target)
        kept = keeper.keep(image.target, record.name)
        for local in _to_unpack(engine, record, kept, wish):
            _unpack(engine, local)
    return [_named(engine, image.target, name) for image in found for name in image.names]


def _unpack(engine: Engine, image: LocalImage) -> None:
    """An encrypted image is loaded all the same: unpacking it is for who has the key."""
    try:
        unpack(engine, image)
    except NerdpyError as error:
        if not any(layer.media_type.endswith("+encrypted") for layer in image.layers):
            raise
        name = shown_name(image.record.name)
        engine.notify(Warned(f"{name} is encrypted, and is not unpacked: {error.message}"))


def _to_unpack(
    engine: Engine, record: ImageRecord, kept: list[Descriptor], wish: Wish
) -> Iterator[LocalImage]:
    """Those that were asked for; else the one that this machine runs, if it is there."""
    if wish.platforms:
        return (read(engine, record, platform) for platform in wish.platforms)
    if wish.all_platforms and kept != [record.target]:
        return (read(engine, record, manifest.platform) for manifest in kept)
    offered = [manifest.platform or Platform() for manifest in kept]
    is_runnable = kept == [record.target] or best_match(own_platform(), offered) is not None
    return (read(engine, record) for _ in range(is_runnable))


def _named(engine: Engine, target: Descriptor, name: str) -> Loaded:
    before = find_before(engine, name)
    record = ImageRecord(name=name, target=target)
    give_name(engine, record)
    tell(engine, record, "load")
    is_other = before is not None and before.target.digest != target.digest
    return Loaded(record, before.target.digest if before is not None and is_other else "")


@contextmanager
def opened(path: str) -> Iterator[int]:
    """Lend an open file; InvalidArgument when it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise InvalidArgument(f'cannot open "{path}": {(error.strerror or "").lower()}') from error
    try:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise InvalidArgument(f'"{path}" is a folder, not an archive')
        yield descriptor
    finally:
        os.close(descriptor)


def pieces_of(descriptor: int) -> Iterator[bytes]:
    """What an open file or pipe has, to its end."""
    while data := os.read(descriptor, PIECE):
        yield data


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
