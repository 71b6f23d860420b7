"""Remove the images that no container uses: those without a name, or all of them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.image.access import forget_all_unfinished
from nerdpy.image.ls import Listed, Wish, list_images
from nerdpy.image.stock import Stock, take_stock
from nerdpy.image.telling import tell
from nerdpy.image.usage import all_users
from nerdpy.kube.images import is_protected
from nerdpy.model.prune import UNWANTED, PruneFilters, parse_prune_filters

Told = Callable[[str], None]
KEYS = ("dangling", "label", UNWANTED, "until")


def prune(engine: Engine, filters: Sequence[str], told: Told, *, everything: bool = False) -> int:
    """Remove the dangling images, with `everything` all that no container uses; `told` docker's lines; the
    bytes of content and snapshots that are gone with them, shared ones only when the last user has gone.

    Without filters, what is kept of pulls that were given up is given back as well."""
    wanted = parse_prune_filters(filters, datetime.now(UTC), KEYS)
    only_dangling = wanted.filters.boolean("dangling", not everything)
    stock, users = take_stock(engine), all_users(engine)
    gone = {
        digest: images
        for digest, images in _by_digest(engine).items()
        if (not only_dangling or all(image.name.is_dangling for image in images))
        and all(_may_go(engine, image, wanted) for image in images)
        and not users.of_image(stock, [image.record for image in images])
    }
    if not filters:
        forget_all_unfinished(engine.containerd)
    freed = _remove(engine, stock, gone, told)
    engine.store.journal.note("image", "prune", "", {"reclaimed": str(freed)})
    return freed


def _by_digest(engine: Engine) -> dict[str, list[Listed]]:
    """All names of each image: one that has a name as well is not dangling."""
    found: dict[str, list[Listed]] = {}
    for image in list_images(engine, Wish(config=True, sizes=False)):
        found.setdefault(image.record.target.digest, []).append(image)
    return found


def _may_go(engine: Engine, image: Listed, wanted: PruneFilters) -> bool:
    return not is_protected(image.record.labels, engine.config.namespace) and wanted.fits(
        image.labels, image.created_at or image.record.created_at
    )


def _remove(engine: Engine, stock: Stock, images: dict[str, list[Listed]], told: Told) -> int:
    """The last name waits for containerd's collection of garbage, so that what is gone can be counted."""
    names = [image.record.name for listed in images.values() for image in listed]
    if not names:
        return 0
    snapshots = engine.containerd.snapshots(engine.config.snapshotter)
    sizes = {}
    for chain in {chain for digest in images for chain in stock.chains(digest)}:
        with suppress(NotFound):
            sizes[chain] = snapshots.usage(chain)[0]
    for name in names:
        with suppress(NotFound):
            engine.containerd.images.delete(name, synchronous=name == names[-1])
    left = {snapshot.name for snapshot in snapshots.list("kind==committed")}
    layers = [chain for chain in sizes if chain not in left]
    blobs = {blob.digest for blob in engine.containerd.content.list()}
    for digest, listed in images.items():
        for image in listed:
            if not image.name.is_dangling:
                tell(engine, image.record, "untag")
                told(f"untagged: {image.name}")
        tell(engine, listed[0].record, "delete")
        told(f"deleted: {digest}")
    for layer in layers:
        told(f"deleted: {layer}")
    content = {
        blob.digest: blob.size
        for digest in images
        for blob in stock.reachable(digest)
        if blob.digest not in blobs
    }
    return sum(content.values()) + sum(sizes[layer] for layer in layers)
