"""Which containers stand on an image: those made from it, and those of images made on top of it."""

from collections.abc import Iterable, Mapping

from nerdpy import labels
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.image.find import find_image
from nerdpy.image.stock import take_stock
from nerdpy.image.unpack import GC_REFERENCE
from nerdpy.model.records import ContainerRecord


def descendants(engine: Engine, text: str, records: Iterable[ContainerRecord]) -> frozenset[str] | None:
    """The ids of those containers that descend from the image `text`; None when there is no such image (any
    more): then only its name can tell."""
    try:
        image = find_image(engine, text)
    except NotFound:
        return None
    stock = take_stock(engine)
    ids = set(stock.configs(image.target.digest))
    label = GC_REFERENCE + engine.config.snapshotter
    tops = {stock.blobs[own].labels.get(label, "") for own in ids} - {""}
    snapshots = engine.containerd.snapshots(engine.config.snapshotter)
    parents = {snapshot.name: snapshot.parent for snapshot in snapshots.list()} if tops else {}
    return frozenset(
        record.id
        for record in records
        if record.labels.get(labels.IMAGE_ID) in ids
        or (labels.IMAGE_ID not in record.labels and record.image == image.name)
        or stands_on(_below_own_image(record, parents), tops, parents)
    )


def _below_own_image(record: ContainerRecord, parents: Mapping[str, str]) -> str:
    """Two images may have the same layers and different settings: neither descends from the other."""
    return parents.get(parents.get(record.snapshot_key, ""), "")


def stands_on(key: str, tops: Iterable[str], parents: Mapping[str, str]) -> bool:
    """Pure: is one of `tops` the snapshot `key`, its parent, or one further down?"""
    wanted = set(tops)
    seen: set[str] = set()
    while key and key not in seen:
        if key in wanted:
            return True
        seen.add(key)
        key = parents.get(key, "")
    return False
