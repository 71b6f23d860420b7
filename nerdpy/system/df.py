"""How much disk is used by what, and how much of it a prune would free. Kinds are counted side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from nerdpy.container.look import Look, look_at_all
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.image.ls import Listed, Wish, list_images, side_by_side
from nerdpy.image.stock import take_stock
from nerdpy.volume.find import Volume, all_volumes
from nerdpy.volume.usage import users_of_volumes

UP = frozenset({"running", "paused", "restarting", "unknown"})
Parts = Mapping[str, int]
"""What an image consists of, blobs by digest and snapshots by `snapshot CHAIN`, and the bytes of each."""


@dataclass(frozen=True, kw_only=True)
class ImageUse:
    """One image, whatever its names."""

    names: Sequence[Listed]
    parts: Parts
    shared: int
    """Bytes that other images consist of as well."""
    users: int
    """Containers made from it."""

    @property
    def size(self) -> int:
        return sum(self.parts.values())


@dataclass(frozen=True, kw_only=True)
class ContainerUse:
    """One container, and the bytes that it has written."""

    look: Look
    size: int

    @property
    def is_active(self) -> bool:
        return self.look.state.status in UP


@dataclass(frozen=True, kw_only=True)
class VolumeUse:
    """One volume, the bytes in it, and how many containers mount it."""

    volume: Volume
    size: int
    links: int


@dataclass(frozen=True, kw_only=True)
class DiskUse:
    """Everything of the namespace, newest first as the listings have it."""

    images: Sequence[ImageUse]
    containers: Sequence[ContainerUse]
    volumes: Sequence[VolumeUse]

    @cached_property
    def image_sizes(self) -> tuple[int, int]:
        """(bytes of all images, bytes that would be free if the unused ones went): what several images share
        counts once, and is free only when nobody needs it any more."""
        everything = _union(self.images)
        needed = _union(image for image in self.images if image.users)
        total = sum(everything.values())
        return total, total - sum(needed.values())


def disk_use(engine: Engine) -> DiskUse:
    """One look at everything."""
    with ThreadPoolExecutor(3) as pool:
        images, containers = pool.submit(_images, engine), pool.submit(_containers, engine)
        volumes = pool.submit(_volumes, engine)
        return DiskUse(images=images.result(), containers=containers.result(), volumes=volumes.result())


def _images(engine: Engine) -> list[ImageUse]:
    stock = take_stock(engine)
    names: dict[str, list[Listed]] = {}
    for listed in list_images(engine, Wish(sizes=False, users=True)):
        names.setdefault(listed.record.target.digest, []).append(listed)
    chains = {digest: stock.chains(digest) for digest in names}
    usage = _usage(engine, {(engine.config.snapshotter, key) for keys in chains.values() for key in keys})
    parts = {
        digest: {blob.digest: blob.size for blob in stock.reachable(digest)}
        | {f"snapshot {chain}": usage[engine.config.snapshotter, chain] for chain in chains[digest]}
        for digest in names
    }
    owners = Counter(name for own in parts.values() for name in own)
    return [
        ImageUse(
            names=listed,
            parts=parts[digest],
            shared=sum(size for name, size in parts[digest].items() if owners[name] > 1),
            users=max(one.users for one in listed),
        )
        for digest, listed in names.items()
    ]


def _containers(engine: Engine) -> list[ContainerUse]:
    looks = look_at_all(engine)
    usage = _usage(engine, {(one.record.snapshotter, one.record.snapshot_key) for one in looks})
    found = [
        ContainerUse(look=one, size=usage[one.record.snapshotter, one.record.snapshot_key]) for one in looks
    ]
    newest = sorted((one for one in found if one.look.record.created_at), key=_age, reverse=True)
    return newest + [one for one in found if not one.look.record.created_at]


def _age(use: ContainerUse) -> float:
    made = use.look.record.created_at
    return made.timestamp() if made else 0


def _volumes(engine: Engine) -> list[VolumeUse]:
    users = users_of_volumes(engine)
    volumes = all_volumes(engine)
    sizes = side_by_side(Volume.size, volumes)
    return [
        VolumeUse(volume=volume, size=size, links=len(users.get(volume.name, ())))
        for volume, size in zip(volumes, sizes, strict=True)
    ]


def _usage(engine: Engine, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(snapshotter, key) -> bytes of that snapshot alone; 0 for one that is not there (any more)."""

    def one(key: tuple[str, str]) -> int:
        snapshotter, name = key
        try:
            return engine.containerd.snapshots(snapshotter).usage(name)[0] if name else 0
        except NerdpyError:
            return 0

    wanted = sorted(keys)
    return dict(zip(wanted, side_by_side(one, wanted), strict=True))


def _union(images: Iterable[ImageUse]) -> dict[str, int]:
    return {name: size for image in images for name, size in image.parts.items()}
