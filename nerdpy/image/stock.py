"""What is here of all images, from one listing of content: containerd notes in labels which blob needs which.

So sizes, ids and layers of many images cost one call, and none of their blobs is read.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

from nerdpy.containerd.content import BlobInfo
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.image.unpack import GC_REFERENCE
from nerdpy.model.descriptor import Digest

CONTENT = "containerd.io/gc.ref.content."
CONFIG = CONTENT + "config"
"""Label of a manifest: the digest of its config."""


@dataclass(frozen=True)
class Stock:
    """Every blob of the namespace by its digest."""

    engine: Engine
    blobs: dict[str, BlobInfo]

    def reachable(self, digest: str) -> Iterator[BlobInfo]:
        """A blob and all that it needs, as far as they are here, each once."""
        seen: set[str] = set()
        ahead = [digest]
        while ahead:
            blob = self.blobs.get(ahead.pop())
            if blob is None or blob.digest in seen:
                continue
            seen.add(blob.digest)
            yield blob
            ahead += [value for key, value in blob.labels.items() if key.startswith(CONTENT)]

    def size(self, digest: str) -> int:
        """Bytes of all these blobs."""
        return sum(blob.size for blob in self.reachable(digest))

    def manifests(self, digest: str) -> list[Digest]:
        """The manifests below (or at) a digest whose configs are here."""
        found = self._manifests.get(digest)
        if found is None:
            found = [blob.digest for blob in self.reachable(digest) if blob.labels.get(CONFIG) in self.blobs]
            self._manifests[digest] = found
        return found

    def configs(self, digest: str) -> list[str]:
        """The digests of the configs, one for each platform that is here."""
        return [self.blobs[manifest].labels[CONFIG] for manifest in self.manifests(digest)]

    def read_json(self, digests: Collection[str]) -> dict[str, dict[str, Any]]:
        """The contents of blobs that are here (configs, indexes), read at once; broken ones are left out."""
        content = self.engine.containerd.content
        read = content.read_many(digests)
        found = {}
        for digest, data in read.items():
            whole = content.read(digest) if len(data) < self.blobs[digest].size else data
            with suppress(ValueError):
                value = json.loads(whole)
                if isinstance(value, dict):
                    found[digest] = value
        return found

    def tops(self, digest: str) -> list[str]:
        """The topmost snapshot of each platform of the image that is unpacked in the engine's snapshotter."""
        label = GC_REFERENCE + self.engine.config.snapshotter
        return [top for config in self.configs(digest) if (top := self.blobs[config].labels.get(label))]

    def chains(self, digest: str) -> list[str]:
        """The snapshots of the image in the engine's snapshotter, each above those that it stands on."""
        ahead = self.tops(digest)
        found: dict[str, None] = {}
        while ahead:
            name = ahead.pop()
            if name in self._parents and name not in found:
                found[name] = None
                ahead.append(self._parents[name])
        return list(found)

    @cached_property
    def _manifests(self) -> dict[str, list[Digest]]:
        """What `manifests` has found so far."""
        return {}

    @cached_property
    def _parents(self) -> dict[str, str]:
        snapshots = self.engine.containerd.snapshots(self.engine.config.snapshotter)
        return {snapshot.name: snapshot.parent for snapshot in snapshots.list("kind==committed")}


def take_stock(engine: Engine) -> Stock:
    return Stock(engine, {blob.digest: blob for blob in engine.containerd.content.list()})
