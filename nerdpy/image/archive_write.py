"""An archive of images as it is written: an OCI layout (image-spec `image-layout.md`) that has docker's
`manifest.json` as well, so that every tool reads it."""

import json
from collections.abc import Iterable
from typing import Any

from nerdpy.linux.copy_data import write_all
from nerdpy.model import tar_header
from nerdpy.model.tar_header import Entry

LAYOUT = {"imageLayoutVersion": "1.0.0"}


class ArchiveWriter:
    """Writes to an open file or pipe. Nothing in it depends on the time: the same images give the same
    bytes."""

    def __init__(self, out: int) -> None:
        self._out = out
        for folder in ("blobs", "blobs/sha256"):
            self.folder(folder)

    def folder(self, name: str) -> None:
        entry = Entry(name=f"{name}/".encode(), kind=tar_header.FOLDER, mode=0o755)
        write_all(self._out, tar_header.header(entry))

    def file(self, name: str, size: int, pieces: Iterable[bytes]) -> None:
        """A member of exactly `size` bytes."""
        entry = Entry(name=name.encode(), kind=tar_header.FILE, mode=0o444, size=size)
        write_all(self._out, tar_header.header(entry))
        for piece in pieces:
            write_all(self._out, piece)
        write_all(self._out, tar_header.padding(size))

    def json(self, name: str, value: Any) -> None:
        data = json.dumps(value, separators=(",", ":")).encode()
        self.file(name, len(data), [data])

    def finish(self) -> None:
        write_all(self._out, tar_header.END)


def blob_path(digest: str) -> str:
    """Where a blob stands in a layout."""
    return f"blobs/{digest.replace(':', '/')}"
