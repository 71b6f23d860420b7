"""Nydus images: a blob for each layer, and one bootstrap that knows the files of all of them
(nydus `docs/nydus-image.md`, nydus-snapshotter `pkg/converter`). `nydus-image` makes them."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator

from nerdpy.containerd.client import Client
from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.image.archive_store import store_new
from nerdpy.image.convert_form import LAYER, Made, NydusOptions, Stack, described
from nerdpy.image.convert_nydus_blob import bootstrap_of
from nerdpy.image.convert_source import Source
from nerdpy.image.convert_tools import found, run, write_file
from nerdpy.linux.packing import PIECE, gzipped
from nerdpy.model import tar_header
from nerdpy.model.descriptor import Descriptor

BLOB = "application/vnd.oci.image.layer.nydus.blob.v1"
OF_BLOB = {"containerd.io/snapshot/nydus-blob": "true"}
OF_BOOTSTRAP = {
    "containerd.io/snapshot/nydus-bootstrap": "true",
    "containerd.io/snapshot/nydus-fs-version": "6",
}
HISTORY = {"created_by": "Nydus Converter", "comment": "Nydus Bootstrap Layer"}
_LOUD = ("--log-level", "warn", "--prefetch-policy", "fs")
_TAR = "tar-rafs"


class NydusMaker:
    """Calls `nydus-image create` for each layer, and `nydus-image merge` for all of them."""

    def __init__(self, client: Client, source: Source, options: NydusOptions) -> None:
        """NotFound without the program, FailedPrecondition when it is too old."""
        self._client = client
        self._source = source
        self._options = options
        self._builder = found(options.builder, "to make nydus layers", "nydus-image 2.2 or newer")
        if _TAR not in run([self._builder, "create", "-h"]):
            raise FailedPrecondition(
                f'"{self._builder}" cannot read tar archives', hint="nydus-image 2.2 and newer can"
            )

    def stack(self, layers: list[Descriptor], diff_ids: list[str]) -> Stack:
        """The blobs that the bootstrap needs, and the bootstrap as the last layer."""
        if any(set(layer.annotations) & {*OF_BLOB, *OF_BOOTSTRAP} for layer in layers):
            raise InvalidArgument("the image is a nydus image already")
        if base := self._options.work_folder:
            os.makedirs(base, mode=0o750, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="nerdpy-nydus-", dir=base or None) as folder:
            blobs = [
                self._blob(layer, diff_id, folder) for layer, diff_id in zip(layers, diff_ids, strict=True)
            ]
            needed, bootstrap = self._merged(blobs, folder)
        return Stack((*needed, bootstrap), (HISTORY,))

    def _blob(self, layer: Descriptor, diff_id: str, folder: str) -> Made:
        """The layer as a blob in the content store; its own bootstrap is left in the folder under the name by
        which `merge` knows the blob: its digest."""
        tar, blob = os.path.join(folder, "layer.tar"), os.path.join(folder, "layer.blob")
        write_file(tar, self._source.tar(layer, diff_id))
        inside = ("--blob-inline-meta", "--features", "blob-toc", "--compressor", self._options.compressor)
        form = ("--whiteout-spec", "none", "--fs-version", "6", "--type", _TAR, *inside)
        self._run("create", *_LOUD, "--blob", blob, *form, tar)
        os.unlink(tar)
        with open(blob, "rb") as file:
            stored = store_new(self._client, iter(lambda: file.read(PIECE), b""))
            write_file(os.path.join(folder, stored.digest.partition(":")[2]), bootstrap_of(file))
        os.unlink(blob)
        return Made(described(BLOB, stored.digest, stored.size, OF_BLOB), stored.digest)

    def _merged(self, blobs: list[Made], folder: str) -> tuple[list[Made], Made]:
        """(the blobs that the whole needs, in its order; its bootstrap)."""
        target, output = os.path.join(folder, "bootstrap"), os.path.join(folder, "output.json")
        known = {blob.layer.digest.partition(":")[2]: blob for blob in blobs}
        paths = [os.path.join(folder, blob.layer.digest.partition(":")[2]) for blob in blobs]
        self._run("merge", *_LOUD, "--output-json", output, "--bootstrap", target, *paths)
        with open(output, "rb") as file:
            names = _blobs(file.read())
        if strange := [name for name in names if name not in known]:
            raise FailedPrecondition(f'nydus-image merged a blob that is not of this image: "{strange[0]}"')
        return [known[name] for name in names], self._bootstrap(target)

    def _bootstrap(self, path: str) -> Made:
        hashed = hashlib.sha256()

        def hashing() -> Iterator[bytes]:
            for piece in _bootstrap_layer(path):
                hashed.update(piece)
                yield piece

        stored = store_new(self._client, gzipped(hashing()))
        layer = described(f"{LAYER}+gzip", stored.digest, stored.size, OF_BOOTSTRAP)
        return Made(layer, f"sha256:{hashed.hexdigest()}")

    def _run(self, *words: str) -> None:
        patterns = self._options.prefetch or "/"
        run([self._builder, *words], stdin=patterns.encode())


def _blobs(output: bytes) -> list[str]:
    """Hexadecimal digests; older versions of nydus-image write the key with a capital."""
    try:
        value = {key.lower(): names for key, names in json.loads(output).items()}
        return [str(name) for name in value["blobs"]]
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise FailedPrecondition("nydus-image does not say which blobs it has merged") from error


def _bootstrap_layer(path: str) -> Iterable[bytes]:
    folder = tar_header.Entry(name=b"image/", kind=tar_header.FOLDER, mode=0o755)
    size = os.path.getsize(path)
    file = tar_header.Entry(name=b"image/image.boot", kind=tar_header.FILE, mode=0o444, size=size)
    yield tar_header.header(folder) + tar_header.header(file)
    with open(path, "rb") as source:
        yield from iter(lambda: source.read(PIECE), b"")
    yield tar_header.padding(size) + tar_header.END
