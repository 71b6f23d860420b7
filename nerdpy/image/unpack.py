"""Make the snapshots of an image whose layers are here but were never unpacked (`ctr images import`,
`--no-unpack`)."""

import secrets
from contextlib import suppress

from nerdpy.containerd.client import Client
from nerdpy.engine import Engine
from nerdpy.errors import AlreadyExists, InvalidArgument, NotFound
from nerdpy.image.chain import chain_ids
from nerdpy.image.read import LocalImage
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.records import SnapshotMount

GC_REFERENCE = "containerd.io/gc.ref.snapshot."
"""Label of a config blob: it keeps the snapshot of its layers, as the transfer service's unpacking writes
it."""


def unpack(engine: Engine, image: LocalImage) -> None:
    """Apply the layers one on the other; what is there already is left as it is.

    Several may unpack the same image: each works in a snapshot of its own, and the first to commit wins.
    """
    if len(image.diff_ids) != len(image.layers):
        raise _broken(image, f"{len(image.layers)} layers, but {len(image.diff_ids)} diff ids")
    with engine.containerd.leased() as client:
        snapshots = client.snapshots(engine.config.snapshotter)
        parent = ""
        for number, (chain, layer) in enumerate(zip(chain_ids(image.diff_ids), image.layers, strict=True)):
            if not snapshots.exists(chain):
                key = f"extract-{secrets.token_hex(8)} {chain}"
                try:
                    applied = _apply(client, image, layer, snapshots.prepare(key, parent))
                    if applied.digest != image.diff_ids[number]:
                        raise _broken(image, f"layer {number + 1} is not what its config says")
                    snapshots.commit(chain, key)
                except AlreadyExists:  # another unpack was faster
                    pass
                finally:
                    with suppress(NotFound):
                        snapshots.remove(key)
            parent = chain
        client.content.update_labels(
            image.image_id, {GC_REFERENCE + engine.config.snapshotter: image.chain_id}
        )


def _apply(
    client: Client, image: LocalImage, layer: Descriptor, mounts: tuple[SnapshotMount, ...]
) -> Descriptor:
    """A layer that a remote snapshotter mounted was never fetched."""
    try:
        return client.diff.apply(layer, mounts)
    except NotFound as error:
        name = image.record.name
        raise NotFound(
            f'image "{name}" lacks content here: layer {layer.digest[:19]} was not fetched',
            hint=f"pull it again, for the snapshotter that is to have it: `nerdpy pull {name}`",
        ) from error


def _broken(image: LocalImage, why: str) -> InvalidArgument:
    return InvalidArgument(f'image "{image.record.name}" is broken: {why}')
