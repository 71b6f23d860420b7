"""overlaybd images: each layer is what changes on a block device with a filesystem
(accelerated-container-image `docs/USERSPACE_CONVERTOR.md`). overlaybd's own programs make them; nothing is
mounted."""

import json
import os
import shutil
import tempfile

from nerdpy.containerd.client import Client
from nerdpy.errors import NotFound
from nerdpy.image.archive_store import store_new
from nerdpy.image.chain import chain_ids
from nerdpy.image.convert_form import LAYER, Made, Stack, described
from nerdpy.image.convert_source import Source
from nerdpy.image.convert_tools import run, write_file
from nerdpy.linux.packing import PIECE
from nerdpy.model.descriptor import Descriptor

PROGRAMS = ("overlaybd-create", "overlaybd-apply", "overlaybd-commit")
HOME = "/opt/overlaybd/bin"
"""Where overlaybd's packages put them, off PATH."""
_LABEL = "containerd.io/snapshot/overlaybd/"
_VERSION = "0.1.0"


class OverlaybdMaker:
    """Layer by layer: an empty layer above those below, the archive unpacked into it, a file made of it."""

    def __init__(self, client: Client, source: Source, size: int) -> None:
        """`size` is that of the block device, in GiB; NotFound without the programs."""
        self._client = client
        self._source = source
        self._size = size
        self._programs = {name: _found(name) for name in PROGRAMS}

    def stack(self, layers: list[Descriptor], diff_ids: list[str]) -> Stack:
        """The layers; a layer stands on the files of those below it, so none is made alone."""
        made: list[Made] = []
        lowers: list[str] = []
        identities = [_uuid(chain_id) for chain_id in chain_ids(diff_ids)]
        with tempfile.TemporaryDirectory(prefix="nerdpy-overlaybd-") as folder:
            for number, (layer, diff_id) in enumerate(zip(layers, diff_ids, strict=True)):
                place = os.path.join(folder, f"{number:04}")
                os.mkdir(place)
                write_file(os.path.join(place, "layer.tar"), self._source.tar(layer, diff_id))
                self._write(place, lowers)
                lowers.append(self._commit(place, identities[max(number - 1, 0) : number + 1]))
                made.append(self._stored(lowers[-1]))
        return Stack(tuple(made))

    def _write(self, place: str, lowers: list[str]) -> None:
        """The archive into the writable layer."""
        data, index = (os.path.join(place, name) for name in ("writable_data", "writable_index"))
        making = ["--mkfs"] if not lowers else []
        run([self._programs["overlaybd-create"], data, index, str(self._size), "-s", *making])
        config = {
            "repoBlobUrl": "",
            "lowers": [{"file": lower} for lower in lowers],
            "upper": {"index": index, "data": data},
            "resultFile": "",
        }
        path = os.path.join(place, "config.json")
        write_file(path, [json.dumps(config).encode()])
        run([self._programs["overlaybd-apply"], os.path.join(place, "layer.tar"), path])

    def _commit(self, place: str, identities: list[str]) -> str:
        """The path of the layer's file; `identities` are those of the layer below, if any, and its own."""
        data, index, path = (
            os.path.join(place, name) for name in ("writable_data", "writable_index", "overlaybd.commit")
        )
        flags = ["-z", "-t", "--uuid", identities[-1]]
        if len(identities) > 1:
            flags += ["--parent-uuid", identities[0]]
        run([self._programs["overlaybd-commit"], data, index, path, *flags])
        for name in ("layer.tar", "writable_data", "writable_index"):
            os.unlink(os.path.join(place, name))
        return path

    def _stored(self, path: str) -> Made:
        with open(path, "rb") as file:
            stored = store_new(self._client, iter(lambda: file.read(PIECE), b""))
        annotations = {
            f"{_LABEL}version": _VERSION,
            f"{_LABEL}blob-digest": stored.digest,
            f"{_LABEL}blob-size": str(stored.size),
            f"{_LABEL}blob-fs-type": "ext4",
        }
        return Made(described(LAYER, stored.digest, stored.size, annotations), stored.digest)


def _found(name: str) -> str:
    path = shutil.which(name) or shutil.which(name, path=HOME)
    if path is None:
        raise NotFound(
            f'"{name}" is not installed, and is needed to make overlaybd layers',
            hint=f"install overlaybd, whose programs are looked for on PATH and in {HOME}",
        )
    return path


def _uuid(chain_id: str) -> str:
    """A layer is known by the beginning of its chain id, as accelerated-container-image does."""
    digits = chain_id.partition(":")[2]
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
