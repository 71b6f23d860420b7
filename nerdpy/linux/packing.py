"""Packed streams, piece by piece: gzip, bzip2 and xz in this process, zstd by the program of that name.

Formats: RFC 1952 (gzip), RFC 8878 (zstd), the `.xz` file format, bzip2's magic.
"""

import bz2
import lzma
import os
import shutil
import subprocess
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from nerdpy.errors import InvalidArgument, NerdpyError, NotFound

PIECE = 1 << 20
"""Bytes that are unpacked at a time, whatever a hostile stream would grow to."""
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ\x00": "xz", b"BZh": "bzip2"}
_LONGEST = 6
_MOST_MEMORY = 256 << 20
"""Bytes that an xz stream may ask for."""
_GZIP = 31
"""zlib's `wbits` for gzip with the largest window."""


def kind_of(head: bytes) -> str:
    """`gzip`, `zstd`, `xz`, `bzip2`, or nothing for a stream that is not packed, by how it begins."""
    if head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5:  # a skippable frame of zstd
        return "zstd"
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")


def peeked(pieces: Iterable[bytes]) -> tuple[str, Iterator[bytes]]:
    """(the kind of the stream, the whole stream)."""
    ahead = iter(pieces)
    head = b""
    while len(head) < _LONGEST and (piece := next(ahead, b"")):
        head += piece

    def again() -> Iterator[bytes]:
        if head:
            yield head
        yield from ahead

    return kind_of(head), again()


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The stream as it was before it was packed; InvalidArgument when it is broken, NotFound without the
    program that it takes."""
    kind, whole = peeked(pieces)
    match kind:
        case "gzip":
            return _gunzipped(whole)
        case "xz":
            return _decompressed(
                whole, lambda: lzma.LZMADecompressor(memlimit=_MOST_MEMORY), lzma.LZMAError, "xz"
            )
        case "bzip2":
            return _decompressed(whole, bz2.BZ2Decompressor, OSError, "bzip2")
        case "zstd":
            return through(["zstd", "-d", "-c", "-q"], whole, purpose="to unpack zstd")
        case _:
            return whole


def gzipped(pieces: Iterable[bytes], level: int = 6) -> Iterator[bytes]:
    """Packed by gzip, without a time or name in it."""
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        if data := packer.compress(piece):
            yield data
    yield packer.flush()


def _gunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    member, is_open = zlib.decompressobj(_GZIP), True
    try:
        for piece in pieces:
            while piece:
                if not is_open:  # several members follow each other, perhaps with zeros between them
                    if not (piece := piece.lstrip(b"\0")):
                        break
                    member, is_open = zlib.decompressobj(_GZIP), True
                if data := member.decompress(piece, PIECE):
                    yield data
                is_open = not member.eof
                piece = member.unused_data if member.eof else member.unconsumed_tail
        while is_open and (data := member.decompress(member.unconsumed_tail, PIECE)):
            yield data
            is_open = not member.eof
    except zlib.error as error:
        raise _broken("gzip") from error
    if is_open:
        raise _broken("gzip")


def _decompressed(pieces: Iterator[bytes], make: Any, failure: type[Exception], kind: str) -> Iterator[bytes]:
    """What bz2 and lzma have in common; streams may follow each other."""
    stream = make()
    try:
        for piece in pieces:
            data = piece
            while data or not (stream.needs_input or stream.eof):
                if stream.eof:
                    stream = make()
                if got := stream.decompress(data, PIECE):
                    yield got
                data = (stream.unused_data if stream.eof else b"").lstrip(b"\0")
    except failure as error:
        raise _broken(kind) from error
    if not stream.eof:
        raise _broken(kind)


def _broken(kind: str) -> InvalidArgument:
    return InvalidArgument(f"the {kind} stream is broken or cut off")


def through(argv: Sequence[str], pieces: Iterable[bytes], *, purpose: str) -> Iterator[bytes]:
    """What a filter makes of a stream. It dies with this iterator; what `pieces` raises is raised here."""
    path = shutil.which(argv[0])
    if path is None:
        raise NotFound(
            f'"{argv[0]}" is not installed, and is needed {purpose}',
            hint=f"install it, as by `apt-get install {argv[0]}`",
        )
    return _filtered([path, *argv[1:]], pieces)


def _filtered(argv: Sequence[str], pieces: Iterable[bytes]) -> Iterator[bytes]:
    talk = os.memfd_create("stderr")
    failures: list[BaseException] = []
    with (
        open(talk, "rb") as said,
        subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=talk, process_group=0
        ) as filter_,
    ):
        feeder = threading.Thread(target=_feed, args=(filter_, pieces, failures), daemon=True)
        feeder.start()
        try:
            assert filter_.stdout is not None
            while data := os.read(filter_.stdout.fileno(), PIECE):
                yield data
            feeder.join()
        except BaseException:
            filter_.kill()
            raise
        status = filter_.wait()
        said.seek(0)
        text = said.read(500).decode(errors="replace").strip()
    if failures:
        raise failures[0]
    if status:
        raise InvalidArgument(f"{os.path.basename(argv[0])} failed: {text or f'exit status {status}'}")


def _feed(filter_: "subprocess.Popen[bytes]", pieces: Iterable[bytes], failures: list[BaseException]) -> None:
    assert filter_.stdin is not None
    try:
        for piece in pieces:
            filter_.stdin.write(piece)
    except BrokenPipeError:
        pass  # it has ended, and its status says why
    except (NerdpyError, OSError) as error:
        failures.append(error)
        filter_.kill()
    finally:
        with suppress(OSError):
            filter_.stdin.close()
