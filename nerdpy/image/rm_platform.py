"""Remove some platforms of an image of several: its name and its index stay, as in docker."""

from collections.abc import Callable, Iterable

from nerdpy.engine import Engine
from nerdpy.errors import Conflict, InvalidArgument, NotFound
from nerdpy.image.names import shown_name
from nerdpy.image.protect import check_may_lose
from nerdpy.image.read import INDEXES, manifests_of
from nerdpy.image.stock import CONFIG, Stock, take_stock
from nerdpy.image.telling import tell
from nerdpy.image.usage import all_users
from nerdpy.model.descriptor import Descriptor, Platform
from nerdpy.model.platform import best_match
from nerdpy.model.records import ImageRecord

Told = Callable[[str], None]


def remove_platforms(engine: Engine, record: ImageRecord, platforms: Iterable[Platform], told: Told) -> None:
    """Remove what only these platforms need; `told` gets docker's lines.

    NotFound for a platform that is not here, Conflict for one that a container uses, or for an image that has
    one platform only. Nothing is removed unless all can be.
    """
    check_may_lose(engine, [record])
    if record.target.media_type not in INDEXES:
        raise InvalidArgument(
            f'image "{record.name}" has one platform only', hint="remove the image: leave --platform out"
        )
    stock = take_stock(engine)
    chosen = {one.digest: one for one in (_find(engine, stock, record, it) for it in platforms)}
    for manifest in chosen.values():
        _check_users(engine, stock, record, manifest)
        _check_alone(engine, stock, record, manifest)
    for digest in chosen:
        engine.containerd.content.delete(digest)
    engine.containerd.leases.collect_garbage()
    for digest in chosen:
        tell(engine, record, "delete")
        told(f"Deleted: {digest}")


def _find(engine: Engine, stock: Stock, record: ImageRecord, platform: Platform) -> Descriptor:
    here = [one for one in manifests_of(engine, record) if one.digest in stock.blobs]
    at = best_match(platform, [one.platform or Platform() for one in here], is_strict=True)
    if at is None:
        names = ", ".join(sorted(str(one.platform) for one in here if one.platform)) or "none"
        raise NotFound(
            f'image "{record.name}" is not here for platform {platform}', hint=f"those here are: {names}"
        )
    return here[at]


def _check_users(engine: Engine, stock: Stock, record: ImageRecord, manifest: Descriptor) -> None:
    """By the config's digest, which nerdpy notes; whoever did not note it may use any platform."""
    config = stock.blobs[manifest.digest].labels.get(CONFIG, "")
    used_by = all_users(engine).of((record,), [config] if config else [], stock.tops(manifest.digest))
    if used_by:
        raise Conflict(
            f"conflict: unable to delete {manifest.digest[7:19]} ({manifest.platform}) - image is being used "
            f"by container {used_by[0].id[:12]}",
            hint=f"remove the container first: `nerdpy rm {used_by[0].id[:12]}`",
        )


def _check_alone(engine: Engine, stock: Stock, record: ImageRecord, manifest: Descriptor) -> None:
    """A manifest may be part of other images, too: it would be gone from them."""
    for other in engine.containerd.images.list():
        if other.target.digest == record.target.digest:
            continue
        if any(blob.digest == manifest.digest for blob in stock.reachable(other.target.digest)):
            raise Conflict(
                f"conflict: unable to delete {manifest.digest[7:19]} ({manifest.platform}) - image "
                f'"{shown_name(other.name)}" has it, too',
                hint="remove that image first",
            )
