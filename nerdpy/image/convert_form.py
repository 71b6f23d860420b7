"""Pure: what the layers of an image are to become, and what they have become."""

from nerdpy.dataclass import dataclass
from nerdpy.model.descriptor import Descriptor, Digest

LAYER = "application/vnd.oci.image.layer.v1.tar"


@dataclass(frozen=True, kw_only=True)
class NydusOptions:
    """How `nydus-image` is called."""

    builder: str = "nydus-image"
    work_folder: str = ""
    """Where temporary folders are made; nothing for where the system has them."""
    prefetch: str = ""
    """Paths that are fetched ahead, one a line."""
    compressor: str = "lz4_block"


@dataclass(frozen=True, kw_only=True)
class Form:
    """What layers are to become."""

    kind: str = ""
    """`uncompress`, `zstd`, `estargz`, `zstdchunked`, `erofs`, `nydus`, `overlaybd`, or nothing for layers
    that stay."""
    level: int = 0
    chunk_size: int = 0
    least_chunk: int = 0
    unpacker: tuple[str, ...] = ()
    """A program that unpacks gzip faster than we do."""
    record: str = ""
    """The file that says which files are read first."""
    is_table_outside: bool = False
    """Is the table of contents of eStargz kept in an image of its own?"""
    keeps_diff_id: bool = False
    erofs: tuple[str, ...] = ()
    """Options of mkfs.erofs."""
    is_packed: bool = False
    """Is the filesystem packed by zstd?"""
    nydus: NydusOptions | None = None
    size: int = 0
    """Of overlaybd's block device, in GiB."""


@dataclass(frozen=True)
class Made:
    """A layer, and its diff id."""

    layer: Descriptor
    diff_id: str


@dataclass(frozen=True)
class Stack:
    """All layers of an image, and what is added to its history."""

    made: tuple[Made, ...]
    history: tuple[dict[str, str], ...] = ()


def described(
    media_type: str, digest: str, size: int, annotations: dict[str, str] | None = None
) -> Descriptor:
    return Descriptor(
        media_type=media_type, digest=Digest(digest), size=size, annotations=dict(annotations or {})
    )
