"""Where blobs have come from and gone to: containerd's labels by which a later push mounts them across
repositories instead of sending them again."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from nerdpy.containerd.client import Client
from nerdpy.errors import NotFound
from nerdpy.image.stock import Stock
from nerdpy.model.descriptor import Digest
from nerdpy.model.reference import Reference

SOURCE = "containerd.io/distribution.source."
"""Label of a blob: the repositories of one host (without its port) that have it, between commas."""
LONGEST = 4096
"""Bytes that containerd allows a label's key and value together."""
_WORKERS = 8


def note_origin(client: Client, stock: Stock, target: Digest, reference: Reference) -> None:
    """Write down that the reference's repository has the image now."""
    key = (
        SOURCE + reference.domain.rpartition(":")[0] if ":" in reference.domain else SOURCE + reference.domain
    )
    changes = {
        blob.digest: value
        for blob in stock.reachable(target)
        if (value := with_repository(key, blob.labels.get(key, ""), reference.path)) != blob.labels.get(key)
    }

    def note(digest: Digest) -> None:
        with suppress(NotFound):  # removed meanwhile
            client.content.update_labels(digest, {key: changes[digest]})

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(note, changes))


def with_repository(key: str, value: str, repository: str) -> str:
    """The label's value with one more repository; the first are left out where it would be too long."""
    names = sorted({*(value.split(",") if value else ()), repository})
    while len(key) + len(",".join(names)) > LONGEST and len(names) > 1:
        names.remove(next(name for name in names if name != repository))
    return ",".join(names)
