"""What keeps a pull from going on, and is put out of its way before the next attempt.

While containerd unpacks as it fetches, it locks each layer for the whole daemon: another pull that hangs
then holds up every other one. So after a stall nerdpy lets containerd fetch only, and unpacks itself.
"""

import os
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, Any

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine, Warned
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.image.chain import chain_ids
from nerdpy.image.read import read_json
from nerdpy.image.refusal import CORRUPT
from nerdpy.image.watch import SHORT, Watch
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.reference import Reference

if TYPE_CHECKING:
    from nerdpy.registry.hosts_toml import Endpoint

REF = re.compile(r'failed commit on ref "([^"]+)"')
LOCAL = {"overlayfs", "native", "btrfs", "zfs", "erofs", "fuse-overlayfs", "devmapper", "blockfile"}
"""Snapshotters that want every layer; others may know without it what is in it."""


@dataclass(frozen=True)
class Obstacles:
    """Of one pull."""

    engine: Engine
    client: Client
    reference: Reference
    watch: Watch

    def is_all_here(self) -> bool:
        """Is every layer here, or what it unpacks to, so that silence means that containerd unpacks?"""
        if self.engine.config.snapshotter not in LOCAL:
            return True
        try:
            return all(self._is_here(digest) for digest in self.watch.manifests)
        except NerdpyError:
            return False

    def clear(self, error: NerdpyError) -> None:
        """Throw away what is not what it should be; get what somebody holds without going on."""
        found = REF.search(str(error))
        if found and re.search(CORRUPT, str(error)):
            self._abort(found[1])
        elif self.watch.is_stalled():
            with suppress(NerdpyError):
                self._fetch_the_held()

    def _is_here(self, manifest: str) -> bool:
        content = self._read(manifest)
        config = self._read(content["config"]["digest"]) if "config" in content else {}
        chains = chain_ids((config.get("rootfs") or {}).get("diff_ids") or ())
        snapshots = self.client.snapshots(self.engine.config.snapshotter)
        return all(
            self.client.content.exists(layer["digest"]) or (chain and snapshots.exists(chain))
            for layer, chain in zip_longest(content.get("layers", ()), chains)
            if layer
        )

    def _fetch_the_held(self) -> None:
        """Layers that another transfer has begun in this namespace and holds, and that have not grown for as
        long as one may be silent. containerd would wait for them, so they are fetched beside it; what we have
        begun ourselves is held no more, and the next attempt goes on there.
        """
        long_ago = datetime.now(UTC) - timedelta(seconds=self.watch.patience)
        silent = {
            ingest.ref
            for ingest in self.client.content.ingests()
            if ingest.updated_at is not None and ingest.updated_at < long_ago
        }
        for manifest in self.watch.manifests:
            for layer in self._read(manifest).get("layers", ()):
                ref = f"layer-{layer['digest']}"
                if ref in silent and self.client.content.is_held(ref):
                    self._fetch(Descriptor.from_json(layer))

    def _fetch(self, layer: Descriptor) -> None:
        """Through nerdpy, for once."""
        from nerdpy.registry.client import pulling
        from nerdpy.registry.connection import Connection, access_of, expect

        repository, short = self.reference.path, layer.digest.rpartition(":")[2][:SHORT]
        self.engine.notify(
            Warned(f"layer {short} is held by another pull, which hangs: fetching it beside that")
        )
        connection = Connection(self.reference.domain, access_of(self.engine.config))

        def fetch(endpoint: "Endpoint") -> None:
            path = f"/{repository}/blobs/{layer.digest}"
            answer = connection.send(endpoint, "GET", path, scopes=pulling(repository))
            expect(endpoint, answer, {200}, f'blob "{layer.digest}"')
            ref = f"nerdpy-{os.urandom(4).hex()}-{layer.digest}"
            pieces = takewhile(lambda _: self.watch.left > 0, answer.pieces())
            self.client.content.write(ref, pieces, size=layer.size, digest=layer.digest)

        connection.first_that("pull", fetch)

    def _abort(self, ref: str) -> None:
        with suppress(NotFound):
            self.client.content.abort(ref)

    def _read(self, digest: str) -> dict[str, Any]:
        return read_json(self.engine, digest, digest)
