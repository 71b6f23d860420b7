"""Streams of members that can be unpacked one by one: gzip's, and zstd's frames."""

import zlib
from typing import Protocol

from nerdpy.linux.zstd import frame

_GZIP = 31
_MOST = 8 << 20
"""Bytes that a frame of zstd collects before it is closed."""


class Frames(Protocol):
    """Packs what it is fed; `close` ends a frame, and the next byte begins another."""

    def feed(self, data: bytes) -> bytes:
        """What is packed by now."""

    def close(self) -> bytes:
        """The rest of the frame; nothing when none is open."""


class GzipFrames:
    def __init__(self, level: int) -> None:
        self._level = level
        self._packer: zlib._Compress | None = None

    def feed(self, data: bytes) -> bytes:
        if self._packer is None:
            self._packer = zlib.compressobj(self._level, zlib.DEFLATED, _GZIP)
        return self._packer.compress(data)

    def close(self) -> bytes:
        packer, self._packer = self._packer, None
        return packer.flush() if packer is not None else b""


class ZstdFrames:
    def __init__(self, level: int) -> None:
        self._level = level
        self._data = bytearray()

    def feed(self, data: bytes) -> bytes:
        self._data += data
        return self.close() if len(self._data) > _MOST else b""

    def close(self) -> bytes:
        data, self._data = bytes(self._data), bytearray()
        return frame(data, self._level) if data else b""
