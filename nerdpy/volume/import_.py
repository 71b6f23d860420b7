"""Fill a volume from a tar archive (podman's `volume import`).

An empty volume gets all of it or nothing: the archive is unpacked beside it first (`volume/staging.py`). In
one that holds something already the archive's members take their places one by one, each file whole or not at
all.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from nerdpy.engine import Engine, Warned
from nerdpy.errors import FailedPrecondition, InvalidArgument, NerdpyError, NotFound, ResourceExhausted
from nerdpy.linux.packing import PIECE, unpacked
from nerdpy.linux.tar_read import CUT_OFF, Unpacking, unpack
from nerdpy.model.volume_options import is_in_memory
from nerdpy.volume.find import get
from nerdpy.volume.hold import Held, held
from nerdpy.volume.mounting import users_of_mount
from nerdpy.volume.staging import finish_filling, is_empty, staging


def import_(engine: Engine, name: str, source: str) -> None:
    """Unpack the archive at the path `source`, or that on standard input for `-`, into the volume; it may be
    packed by gzip, bzip2, xz or zstd. NotFound for a volume or file that is not there."""
    volume = get(engine, name)
    if is_in_memory(volume.options) and not users_of_mount(engine, name):
        raise FailedPrecondition(
            f'volume "{name}" lives in memory, and no container has it: what it gets would be lost at once',
            hint="start the container first",
        )
    with held(engine, name) as place, _opened(source) as stream, _explained(name):
        finish_filling(place)
        if not _fill(place, stream):
            engine.notify(Warned(CUT_OFF))


def _fill(place: Held, stream: "_Stream") -> bool:
    if is_empty(place):
        with staging(place) as staged:
            return _unpack(staged, stream)
    return _unpack(place.data, stream)


def _unpack(folder: int, stream: "_Stream") -> bool:
    has_end = unpack(Unpacking(folder, "", takes_all=True), cast(IO[bytes], stream))
    stream.drain()
    return has_end


class _Stream:
    """Pieces of bytes, read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int) -> bytes:
        while len(self._left) < size and (piece := next(self._pieces, b"")):
            self._left += piece
        data, self._left = self._left[:size], self._left[size:]
        return data

    def drain(self) -> None:
        """To the end: a packed stream may be found broken there yet, and its writer wants to get rid of
        it."""
        for _ in self._pieces:
            pass


@contextmanager
def _opened(source: str) -> Iterator[_Stream]:
    if source == "-":
        yield _Stream(unpacked(_pieces(sys.stdin.fileno())))
        return
    try:
        if os.path.isdir(source):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        file = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NotFound(f'no such file: "{source}"') from error
    except OSError as error:
        raise InvalidArgument(f'cannot read "{source}": {(error.strerror or "").lower()}') from error
    try:
        yield _Stream(unpacked(_pieces(file)))
    finally:
        os.close(file)


def _pieces(file: int) -> Iterator[bytes]:
    while data := os.read(file, PIECE):
        yield data


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _failure(error)(f'cannot fill volume "{name}": {reason}') from error


def _failure(error: OSError) -> type[NerdpyError]:
    return ResourceExhausted if error.errno in {errno.ENOSPC, errno.EDQUOT} else FailedPrecondition
