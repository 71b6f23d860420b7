"""What stands in a nydus blob: parts, each with a tar header behind it, and as the last one a table of them
(nydus `docs/nydus-design.md`; nydus-snapshotter `pkg/converter`)."""

import hashlib
import os
import struct
from collections.abc import Iterator
from typing import IO

from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.image.archive_tar import BLOCK, Header
from nerdpy.linux.packing import PIECE, through

BOOTSTRAP = "image.boot"
TABLE = "rafs.blob.toc"
ENTRY = struct.Struct("<II16s32sQQQ48x")
"""Flags, nothing, name, SHA-256 of the unpacked part, offset, packed size, unpacked size."""
PLAIN, ZSTD = 1, 2
_PACKING = 0xF
_MOST = 1 << 20
"""Bytes that a table has at most."""


def bootstrap_of(file: IO[bytes]) -> Iterator[bytes]:
    """The bootstrap of one blob, unpacked; FailedPrecondition when there is none, or another one than the
    table says."""
    parts = dict(_parts(file))
    if TABLE in parts:
        at, size = parts[TABLE]
        if size > _MOST or size % ENTRY.size:
            raise _strange(f"its table has {size} bytes")
        for entry in ENTRY.iter_unpack(_bytes(file, at, size)):
            if entry[2].rstrip(b"\0") == BOOTSTRAP.encode():
                return _checked(file, entry)
    if BOOTSTRAP in parts:
        return _read(file, *parts[BOOTSTRAP])
    raise _strange("it has no bootstrap")


def _parts(file: IO[bytes]) -> Iterator[tuple[str, tuple[int, int]]]:
    """(name, (offset, size)), from the last to the first; a blob's data may stand there without a header."""
    end = file.seek(0, os.SEEK_END)
    while end >= BLOCK:
        try:
            header = Header(_bytes(file, end - BLOCK, BLOCK))
        except InvalidArgument:
            return
        at = end - BLOCK - header.size
        if at < 0:
            return
        yield header.name, (at, header.size)
        end = at


def _checked(file: IO[bytes], entry: tuple[int, int, bytes, bytes, int, int, int]) -> Iterator[bytes]:
    packing, pieces = entry[0] & _PACKING, _read(file, entry[4], entry[5])
    if packing not in {PLAIN, ZSTD}:
        raise _strange(f"its bootstrap is packed in an unknown way ({packing:#x})")
    if packing == ZSTD:
        pieces = through(["zstd", "-d", "-c", "-q"], pieces, purpose="to unpack zstd")
    hashed = hashlib.sha256()
    for piece in pieces:
        hashed.update(piece)
        yield piece
    if hashed.digest() != entry[3]:
        raise _strange("its bootstrap is not what its table says")


def _read(file: IO[bytes], at: int, size: int) -> Iterator[bytes]:
    while size:
        data = _bytes(file, at, min(size, PIECE))
        at, size = at + len(data), size - len(data)
        yield data


def _bytes(file: IO[bytes], at: int, size: int) -> bytes:
    file.seek(at)
    data = file.read(size)
    if len(data) < size:
        raise _strange("it is cut off")
    return data


def _strange(why: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"nydus-image has made a blob that cannot be read: {why}",
        hint="nydus-image 2.2 and newer are understood",
    )
