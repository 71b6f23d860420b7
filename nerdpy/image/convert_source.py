"""The layers of an image as they are before a conversion."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.linux.packing import through, unpacked
from nerdpy.model.descriptor import Descriptor


@dataclass(frozen=True)
class Source:
    """Reads layers from the content store."""

    client: Client
    told: Callable[[str, int, int], None]
    unpacker: tuple[str, ...] = ()
    """A program that unpacks gzip faster than we do."""

    def tar(self, layer: Descriptor, diff_id: str) -> Iterable[bytes]:
        """The unpacked layer; at its end it must have been what the config says, or InvalidArgument."""
        return _Checked(self._unpacked(layer), diff_id)

    def _unpacked(self, layer: Descriptor) -> Iterator[bytes]:
        packed = self._counted(layer)
        if self.unpacker and layer.media_type.endswith("gzip"):
            return through(self.unpacker, packed, purpose="as --estargz-gzip-helper")
        return unpacked(packed)

    def _counted(self, layer: Descriptor) -> Iterator[bytes]:
        done = 0
        for piece in self.client.content.chunks(layer.digest):
            done += len(piece)
            yield piece
            self.told(layer.digest, done, layer.size)


class _Checked:
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
