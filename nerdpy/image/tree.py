"""The platforms of each image: which the index offers, which are here, what they take, and who uses them."""

from collections.abc import Sequence
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.image.ls import Listed, Wish, list_images
from nerdpy.image.read import ATTESTATION, INDEXES
from nerdpy.image.stock import CONFIG, Stock, take_stock
from nerdpy.image.usage import Users, all_users
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.filters import Filters


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One platform of an image; sizes are 0 where it is not here."""

    platform: str
    digest: str
    is_here: bool
    content_size: int = 0
    unpacked_size: int = 0
    is_used: bool = False


@dataclass(frozen=True, kw_only=True)
class Trunk:
    """One image with all its names."""

    names: tuple[str, ...]
    digest: str
    content_size: int
    unpacked_size: int
    is_used: bool
    branches: tuple[Branch, ...]


def list_trees(engine: Engine, filters: Filters, pattern: str = "") -> list[Trunk]:
    """The images that fit, newest first, each with its platforms in the index's order."""
    groups: dict[str, list[Listed]] = {}
    for image in list_images(engine, Wish(pattern=pattern, filters=filters, users=True)):
        groups.setdefault(image.record.target.digest, []).append(image)
    forest = _Forest(engine, list(groups))
    return [forest.trunk(images) for images in groups.values()]


class _Forest:
    """What is looked up once for all images."""

    def __init__(self, engine: Engine, digests: Sequence[str]) -> None:
        self._stock = take_stock(engine)
        self._users = all_users(engine)
        self._contents = self._stock.read_json([one for one in digests if one in self._stock.blobs])
        manifests = [one for digest in digests for one in self._stock.manifests(digest)]
        chains = {chain for one in manifests for chain in self._stock.chains(one)}
        self._sizes = engine.containerd.snapshots(engine.config.snapshotter).sizes(sorted(chains))

    def trunk(self, images: Sequence[Listed]) -> Trunk:
        first = images[0]
        names = [str(image.name) for image in images if not image.name.is_dangling]
        return Trunk(
            names=tuple(names or [str(first.name)]),
            digest=first.record.target.digest,
            content_size=first.content_size,
            unpacked_size=first.unpacked_size,
            is_used=any(image.users for image in images),
            branches=tuple(self._branch(*one) for one in self._platforms(first)),
        )

    def _platforms(self, image: Listed) -> list[tuple[str, str]]:
        """Platform and digest of each manifest that is an image."""
        target = image.record.target
        if target.media_type not in INDEXES:
            return [(image.platform, target.digest)]
        index: dict[str, Any] = self._contents.get(target.digest, {})
        found = [Descriptor.from_json(entry) for entry in index.get("manifests") or ()]
        return [(str(one.platform or ""), one.digest) for one in found if ATTESTATION not in one.annotations]

    def _branch(self, platform: str, digest: str) -> Branch:
        stock: Stock = self._stock
        users: Users = self._users
        if digest not in stock.manifests(digest):
            return Branch(platform=platform, digest=digest, is_here=False)
        config = stock.blobs[digest].labels[CONFIG]
        return Branch(
            platform=platform,
            digest=digest,
            is_here=True,
            content_size=stock.size(digest),
            unpacked_size=sum(self._sizes[chain] for chain in stock.chains(digest)),
            is_used=bool(users.of((), (config,), stock.tops(digest))),
        )
