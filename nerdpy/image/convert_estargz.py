"""eStargz: layers of gzip members, with a table of contents in the archive or in an image of its own
(stargz-snapshotter `docs/estargz.md`, `docs/smaller-estargz.md`)."""

import hashlib
import struct
from collections.abc import Iterable, Iterator

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.image.convert_entries import Entry
from nerdpy.image.convert_frames import GzipFrames
from nerdpy.image.convert_lazy import TOC_DIGEST, Chunking, LazyLayer
from nerdpy.image.convert_order import NO_LANDMARK, OF_ESTARGZ, TABLE, cleaned, landmark
from nerdpy.model import tar_header

UNPACKED_SIZE = "io.containers.estargz.uncompressed-size"
OUTSIDE = b"STARGZEXTERNALTOC"


class EStargz(LazyLayer):
    """Its table is a file of the archive, and its last 51 bytes are an empty gzip member that says where.

    `is_ordered` says that the pieces come from `in_order`, which has put the landmark in.
    """

    def __init__(self, pieces: Iterable[bytes], chunking: Chunking, *, is_ordered: bool = False) -> None:
        super().__init__(pieces, chunking, GzipFrames(chunking.level))
        self._is_ordered = is_ordered

    def _beginning(self) -> Iterator[bytes]:
        """A mark: nothing is to be fetched ahead, for nobody has said what is needed first."""
        if self._is_ordered:
            return
        member = landmark(NO_LANDMARK)
        raw, content = member[: tar_header.BLOCK], member[tar_header.BLOCK :]
        yield self._feed(raw)
        yield self._cut()
        digest = f"sha256:{hashlib.sha256(content[:1]).hexdigest()}"
        described = {"name": NO_LANDMARK, "type": "reg", "size": 1, "mode": 0o444, "digest": digest}
        self._table.append(described | self._place(0, 1, is_last=True) | {"chunkDigest": digest})
        yield self._feed(content)

    def _is_kept(self, entry: Entry) -> bool:
        """A layer that is eStargz already gets a new table."""
        return self._is_ordered or cleaned(entry.name) not in OF_ESTARGZ

    def _end(self) -> Iterator[bytes]:
        yield self._put(self._frames.close())
        for _ in self._entries.rest():
            pass
        at = self._packed_at
        yield self._feed(_table_file(self.table))
        yield self._put(self._frames.close())
        yield self._put(_footer(b"%016xSTARGZ" % at))
        self._annotate()

    def _annotate(self) -> None:
        self.annotations = {
            TOC_DIGEST: f"sha256:{hashlib.sha256(self.table).hexdigest()}",
            UNPACKED_SIZE: str(self._unpacked_at),
        }


@dataclass(frozen=True)
class Table:
    """A table of contents as a layer of its own."""

    packed: bytes
    diff_id: str


class EStargzOutside(EStargz):
    """Its table is not in it: the last 46 bytes say only that it is elsewhere.

    With `keeps_diff_id` it is, unpacked, the very archive that it was: no landmark is put in.
    """

    def __init__(
        self,
        pieces: Iterable[bytes],
        chunking: Chunking,
        *,
        is_ordered: bool = False,
        keeps_diff_id: bool = False,
    ) -> None:
        super().__init__(pieces, chunking, is_ordered=is_ordered or keeps_diff_id)
        self._keeps_diff_id = keeps_diff_id

    def outside(self) -> Table:
        """The table, when all of the layer has passed: an archive that holds this file alone."""
        archive = _table_file(self.table)
        frames = GzipFrames(self._chunking.level)
        packed = frames.feed(archive) + frames.close()
        return Table(packed, f"sha256:{hashlib.sha256(archive).hexdigest()}")

    def _is_kept(self, entry: Entry) -> bool:
        if self._keeps_diff_id and cleaned(entry.name) == TABLE:
            raise InvalidArgument(
                "a layer is eStargz already, with its table of contents inside, and cannot keep its diff id",
                hint="convert the image that it was made of, or leave out --estargz-keep-diff-id",
            )
        return super()._is_kept(entry)

    def _end(self) -> Iterator[bytes]:
        for data in self._entries.rest():
            yield self._feed(data)
        yield self._put(self._frames.close())
        yield self._put(_footer(OUTSIDE))
        self._annotate()


def _table_file(table: bytes) -> bytes:
    header = tar_header.Entry(name=TABLE.encode(), kind=tar_header.FILE, mode=0o444, size=len(table))
    return tar_header.header(header) + table + tar_header.padding(len(table)) + tar_header.END


def _footer(said: bytes) -> bytes:
    """An empty gzip member (RFC 1952) whose extra field `SG` says where the table is."""
    extra = b"SG" + struct.pack("<H", len(said)) + said
    return (
        b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff"
        + struct.pack("<H", len(extra))
        + extra
        + b"\x01\x00\x00\xff\xff"
        + bytes(8)
    )
