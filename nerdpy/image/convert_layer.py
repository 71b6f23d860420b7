"""One layer in another form. Nothing of it touches the disk but the content store."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument
from nerdpy.image.archive_store import store_new
from nerdpy.image.convert_lazy import CHUNK, Chunking, EStargz, ZstdChunked
from nerdpy.linux.packing import through, unpacked
from nerdpy.model.descriptor import Descriptor, Digest

LAYER = "application/vnd.oci.image.layer.v1.tar"
EROFS = "application/vnd.erofs.layer.v1"
_HIGHEST = 19
"""Levels above need `zstd --ultra`."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What layers are to become."""

    kind: str = ""
    """`uncompress`, `zstd`, `estargz`, `zstdchunked`, `erofs`, or nothing for layers that stay."""
    level: int = 0
    chunk_size: int = 0
    least_chunk: int = 0
    unpacker: tuple[str, ...] = ()
    """A program that unpacks gzip faster than we do."""
    erofs: tuple[str, ...] = ()
    """Options of mkfs.erofs."""
    is_packed: bool = False
    """Is the filesystem packed by zstd?"""


@dataclass(frozen=True)
class Made:
    """A layer, and its diff id."""

    layer: Descriptor
    diff_id: str


@dataclass
class LayerMaker:
    """Converts each layer once, however many platforms stand on it."""

    client: Client
    form: Form
    told: Callable[[str, int, int], None]
    _made: dict[str, Made] = field(default_factory=dict)

    def make(self, layer: Descriptor, diff_id: str) -> Made:
        """The layer in its new form; InvalidArgument when the old one is not what the config says."""
        if not self.form.kind or self._is_there(layer):
            return Made(layer, diff_id)
        if layer.digest not in self._made:
            self._made[layer.digest] = self._new(layer, diff_id)
        return self._made[layer.digest]

    def _is_there(self, layer: Descriptor) -> bool:
        return self.form.kind == "uncompress" and layer.media_type.endswith("tar")

    def _new(self, layer: Descriptor, diff_id: str) -> Made:
        source = _Checked(self._unpacked(layer), diff_id)
        match self.form.kind:
            case "uncompress":
                return self._plain(LAYER, source, diff_id)
            case "zstd":
                return self._plain(f"{LAYER}+zstd", through(self._zstd(), source, purpose="to pack"), diff_id)
            case "erofs":
                return self._erofs(source)
            case _:
                return self._lazy(source)

    def _unpacked(self, layer: Descriptor) -> Iterator[bytes]:
        packed = self._counted(layer)
        if self.form.unpacker and layer.media_type.endswith("gzip"):
            return through(self.form.unpacker, packed, purpose="as --estargz-gzip-helper")
        return unpacked(packed)

    def _counted(self, layer: Descriptor) -> Iterator[bytes]:
        done = 0
        for piece in self.client.content.chunks(layer.digest):
            done += len(piece)
            yield piece
            self.told(layer.digest, done, layer.size)

    def _zstd(self) -> list[str]:
        level = self.form.level
        return ["zstd", "-q", "-c", "-T0", *(["--ultra"] if level > _HIGHEST else []), f"-{level}"]

    def _plain(self, media_type: str, pieces: Iterable[bytes], diff_id: str) -> Made:
        stored = store_new(self.client, pieces)
        return Made(_described(media_type, stored.digest, stored.size), diff_id)

    def _lazy(self, source: Iterable[bytes]) -> Made:
        form = self.form
        chunking = Chunking(level=form.level, chunk_size=form.chunk_size or CHUNK, least=form.least_chunk)
        is_gzip = form.kind == "estargz"
        lazy = EStargz(source, chunking) if is_gzip else ZstdChunked(source, chunking)
        stored = store_new(self.client, lazy)
        media_type = f"{LAYER}+{'gzip' if is_gzip else 'zstd'}"
        return Made(_described(media_type, stored.digest, stored.size, lazy.annotations), lazy.diff_id)

    def _erofs(self, source: Iterable[bytes]) -> Made:
        from nerdpy.image.convert_erofs import filesystem

        pieces, unpacked_digest = filesystem(source, self.form.erofs)
        if not self.form.is_packed:
            return self._plain(EROFS, pieces, unpacked_digest)
        return self._plain(
            f"{EROFS}+zstd", through(["zstd", "-q", "-c"], pieces, purpose="to pack"), unpacked_digest
        )


class _Checked:
    """The unpacked layer; at its end it must have been what the config says."""

    def __init__(self, pieces: Iterable[bytes], diff_id: str) -> None:
        self._pieces = pieces
        self._diff_id = diff_id

    def __iter__(self) -> Iterator[bytes]:
        hashed = hashlib.sha256()
        for piece in self._pieces:
            hashed.update(piece)
            yield piece
        if self._diff_id != f"sha256:{hashed.hexdigest()}":
            raise InvalidArgument(f"the image is broken: layer {self._diff_id} is not what its config says")


def _described(
    media_type: str, digest: str, size: int, annotations: dict[str, str] | None = None
) -> Descriptor:
    return Descriptor(
        media_type=media_type, digest=Digest(digest), size=size, annotations=dict(annotations or {})
    )
