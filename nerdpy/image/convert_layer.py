"""One layer in another form. Nothing of it touches the disk but the content store."""

from collections.abc import Iterable

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass, field
from nerdpy.image.archive_store import store_new
from nerdpy.image.convert_estargz import EStargz, EStargzOutside
from nerdpy.image.convert_form import LAYER, Form, Made, Stack, described
from nerdpy.image.convert_lazy import CHUNK, Chunking, LazyLayer, ZstdChunked
from nerdpy.image.convert_source import Source
from nerdpy.image.convert_toc import Outside
from nerdpy.linux.packing import through
from nerdpy.model.descriptor import Descriptor

EROFS = "application/vnd.erofs.layer.v1"
_HIGHEST = 19
"""Levels above need `zstd --ultra`."""


@dataclass
class LayerMaker:
    """Converts each layer once, however many platforms stand on it."""

    client: Client
    form: Form
    source: Source
    first: tuple[str, ...] = ()
    """Paths that are read first."""
    outside: dict[str, Outside] = field(default_factory=dict)
    """Tables of contents that are kept elsewhere, by the digests of their layers."""
    _made: dict[str, Made] = field(default_factory=dict)

    def stack(self, layers: list[Descriptor], diff_ids: list[str]) -> Stack:
        """The layers in their new form; InvalidArgument when an old one is not what the config says."""
        return Stack(
            tuple(self._make(layer, diff_id) for layer, diff_id in zip(layers, diff_ids, strict=True))
        )

    def _make(self, layer: Descriptor, diff_id: str) -> Made:
        if not self.form.kind or self._is_there(layer):
            return Made(layer, diff_id)
        if layer.digest not in self._made:
            self._made[layer.digest] = self._new(layer, diff_id)
        return self._made[layer.digest]

    def _is_there(self, layer: Descriptor) -> bool:
        return self.form.kind == "uncompress" and layer.media_type.endswith("tar")

    def _new(self, layer: Descriptor, diff_id: str) -> Made:
        source = self.source.tar(layer, diff_id)
        match self.form.kind:
            case "uncompress":
                return self._plain(LAYER, source, diff_id)
            case "zstd":
                return self._plain(f"{LAYER}+zstd", through(self._zstd(), source, purpose="to pack"), diff_id)
            case "erofs":
                return self._erofs(source)
            case _:
                return self._lazy(source)

    def _zstd(self) -> list[str]:
        level = self.form.level
        return ["zstd", "-q", "-c", "-T0", *(["--ultra"] if level > _HIGHEST else []), f"-{level}"]

    def _plain(self, media_type: str, pieces: Iterable[bytes], diff_id: str) -> Made:
        stored = store_new(self.client, pieces)
        return Made(described(media_type, stored.digest, stored.size), diff_id)

    def _lazy(self, source: Iterable[bytes]) -> Made:
        if self.first:
            from nerdpy.image.convert_order import in_order

            source = in_order(source, self.first)
        lazy = self._lazy_layer(source)
        stored = store_new(self.client, lazy)
        if isinstance(lazy, EStargzOutside):
            self.outside[stored.digest] = self._table_of(lazy)
        media_type = f"{LAYER}+{'gzip' if isinstance(lazy, EStargz) else 'zstd'}"
        return Made(described(media_type, stored.digest, stored.size, lazy.annotations), lazy.diff_id)

    def _lazy_layer(self, source: Iterable[bytes]) -> LazyLayer:
        form, is_ordered = self.form, bool(self.first)
        chunking = Chunking(level=form.level, chunk_size=form.chunk_size or CHUNK, least=form.least_chunk)
        if form.kind != "estargz":
            return ZstdChunked(source, chunking)
        if not form.is_table_outside:
            return EStargz(source, chunking, is_ordered=is_ordered)
        return EStargzOutside(source, chunking, is_ordered=is_ordered, keeps_diff_id=form.keeps_diff_id)

    def _table_of(self, lazy: EStargzOutside) -> Outside:
        table = lazy.outside()
        stored = store_new(self.client, [table.packed])
        return Outside(stored.digest, stored.size, table.diff_id)

    def _erofs(self, source: Iterable[bytes]) -> Made:
        from nerdpy.image.convert_erofs import filesystem

        pieces, unpacked_digest = filesystem(source, self.form.erofs)
        if not self.form.is_packed:
            return self._plain(EROFS, pieces, unpacked_digest)
        return self._plain(
            f"{EROFS}+zstd", through(["zstd", "-q", "-c"], pieces, purpose="to pack"), unpacked_digest
        )
