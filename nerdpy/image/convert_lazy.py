"""Layers of which a file can be read before the rest is fetched: what all of them have in common, and
zstd:chunked.

Both are what they were, unpacked: a tar archive. Packed, each piece of a file is a gzip member or a zstd
frame of its own, and a table of contents at the end says where (stargz-snapshotter `docs/estargz.md`;
containers/storage `zstd-chunked.md`). eStargz keeps the table as a last file of the archive, so the layer's
diff id is another one; zstd:chunked hides it in a frame that unpacking skips.
"""

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.image.convert_entries import Entries, Entry
from nerdpy.image.convert_frames import Frames, ZstdFrames
from nerdpy.image.convert_order import LANDMARK, cleaned
from nerdpy.linux.zstd import frame
from nerdpy.model import tar_header

CHUNK = 4 << 20
"""Bytes of a piece where nobody says otherwise."""
TOC_DIGEST = "containerd.io/snapshot/stargz/toc.digest"
CHUNKED = ("io.github.containers.zstd-chunked.", "io.containers.zstd-chunked.")
"""How the annotations of zstd:chunked begin: containers/storage's, and stargz-snapshotter's older ones."""
_PIECE = 1 << 18
_SKIPPED = b"\x50\x2a\x4d\x18"
_CRFS = 1
_MAGIC = b"GnUlInUx"


@dataclass(frozen=True, kw_only=True)
class Chunking:
    """How files are cut."""

    level: int
    chunk_size: int = CHUNK
    least: int = 0
    """Bytes that a gzip member has at least: small files share one."""


class LazyLayer:
    """Iterate once over the new layer's bytes; after that the rest is known."""

    def __init__(self, pieces: Iterable[bytes], chunking: Chunking, frames: Frames) -> None:
        self._entries = Entries(pieces)
        self._chunking = chunking
        self._frames = frames
        self._unpacked = hashlib.sha256()
        self._table: list[dict[str, Any]] = []
        self._packed_at = 0
        self._unpacked_at = 0
        self._frame_at = (0, 0)
        """Where the frame at hand begins, packed and unpacked."""
        self.annotations: dict[str, str] = {}

    @property
    def diff_id(self) -> str:
        return f"sha256:{self._unpacked.hexdigest()}"

    @property
    def table(self) -> bytes:
        return json.dumps({"version": 1, "entries": self._table}, separators=(",", ":")).encode()

    def __iter__(self) -> Iterator[bytes]:
        yield from self._beginning()
        for entry in self._entries:
            if self._is_kept(entry):
                yield from self._member(entry)
            else:
                self._entries.pieces.exactly(entry.size + -entry.size % tar_header.BLOCK)
        yield from self._end()

    def _beginning(self) -> Iterator[bytes]:
        return iter(())

    def _is_kept(self, entry: Entry) -> bool:
        return True

    def _end(self) -> Iterator[bytes]:
        raise NotImplementedError

    # --- writing ------------------------------------------------------------------------------------------
    def _feed(self, data: bytes) -> bytes:
        self._unpacked.update(data)
        self._unpacked_at += len(data)
        return self._put(self._frames.feed(data))

    def _put(self, data: bytes) -> bytes:
        self._packed_at += len(data)
        return data

    def _cut(self, *, is_forced: bool = False) -> bytes:
        """End the frame, if it has what a frame must have; the next byte begins another."""
        has_least = self._unpacked_at - self._frame_at[1] >= self._chunking.least
        if not (has_least or is_forced or not self._frame_at[0]):
            return b""
        data = self._put(self._frames.close())
        self._frame_at = (self._packed_at, self._unpacked_at)
        return data

    def _member(self, entry: Entry) -> Iterator[bytes]:
        yield self._feed(entry.raw)
        if not entry.size:
            empty = {"digest": f"sha256:{hashlib.sha256().hexdigest()}"}
            self._table.append(entry.described | (empty if entry.described["type"] == "reg" else {}))
            return
        whole, first, written = hashlib.sha256(), len(self._table), 0
        while written < entry.size:
            size = min(self._chunking.chunk_size, entry.size - written)
            yield self._cut(is_forced=cleaned(entry.name) == LANDMARK)
            noted = entry.described if not written else {"name": entry.name, "type": "chunk"}
            noted = noted | self._place(written, size, is_last=written + size == entry.size)
            chunk = hashlib.sha256()
            yield from self._content(size, (whole, chunk))
            noted["chunkDigest"] = f"sha256:{chunk.hexdigest()}"
            self._table.append(self._after_chunk(noted))
            written += size
        self._table[first]["digest"] = f"sha256:{whole.hexdigest()}"
        yield self._feed(self._entries.pieces.exactly(-entry.size % tar_header.BLOCK))

    def _place(self, written: int, size: int, *, is_last: bool) -> dict[str, Any]:
        inner = self._unpacked_at - self._frame_at[1]
        place = {
            "offset": self._frame_at[0],
            "innerOffset": inner,
            "chunkOffset": written,
            "chunkSize": 0 if is_last else size,
        }
        return {key: value for key, value in place.items() if value}

    def _content(self, size: int, hashes: tuple[Any, ...]) -> Iterator[bytes]:
        left = size
        for part in self._entries.pieces.parts(size):
            data = bytes(part)
            for one in hashes:
                one.update(data)
            yield self._feed(data)
            left -= len(data)
        if left:
            raise InvalidArgument("a layer breaks off before its end")

    def _after_chunk(self, noted: dict[str, Any]) -> dict[str, Any]:
        return noted


class ZstdChunked(LazyLayer):
    """Its table is in a skippable frame, and so is the footer that says where."""

    def __init__(self, pieces: Iterable[bytes], chunking: Chunking) -> None:
        super().__init__(pieces, chunking, ZstdFrames(chunking.level))

    def _content(self, size: int, hashes: tuple[Any, ...]) -> Iterator[bytes]:
        """A file's content stands in frames of its own, without the headers around it."""
        yield from super()._content(size, hashes)
        yield self._cut()

    def _after_chunk(self, noted: dict[str, Any]) -> dict[str, Any]:
        return noted | {"endOffset": self._packed_at}

    def _end(self) -> Iterator[bytes]:
        for data in self._entries.rest():
            yield self._feed(data)
        yield self._put(self._frames.close())
        table = self.table
        packed = frame(table, self._chunking.level)
        at = self._packed_at + 8
        yield self._put(_skipped(packed))
        footer = struct.pack("<QQQQ", at, len(packed), len(table), _CRFS) + _MAGIC
        yield self._put(_skipped(footer))
        checksum = f"sha256:{hashlib.sha256(packed).hexdigest()}"
        position = f"{at}:{len(packed)}:{len(table)}:{_CRFS}"
        self.annotations = {TOC_DIGEST: f"sha256:{hashlib.sha256(table).hexdigest()}"}
        for prefix in CHUNKED:
            self.annotations |= {
                f"{prefix}manifest-checksum": checksum,
                f"{prefix}manifest-position": position,
            }


def _skipped(data: bytes) -> bytes:
    return _SKIPPED + struct.pack("<I", len(data)) + data
