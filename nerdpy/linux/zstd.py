"""libzstd for frames of our own making: the `zstd` program cannot say where one ends (zstd.h, RFC 8878)."""

import ctypes
import ctypes.util
from functools import cache
from typing import Any

from nerdpy.errors import InvalidArgument, NotFound


@cache
def _library() -> Any:
    name = ctypes.util.find_library("zstd") or "libzstd.so.1"
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        raise NotFound(
            "libzstd is not installed, and is needed to make zstd:chunked layers",
            hint="install it, as by `apt-get install libzstd1`",
        ) from error
    library.ZSTD_compressBound.restype = ctypes.c_size_t
    library.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
    library.ZSTD_compress.restype = ctypes.c_size_t
    library.ZSTD_compress.argtypes = [
        *(ctypes.c_void_p, ctypes.c_size_t),
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int),
    ]
    library.ZSTD_isError.restype = ctypes.c_uint
    library.ZSTD_isError.argtypes = [ctypes.c_size_t]
    return library


def frame(data: bytes, level: int) -> bytes:
    """One whole frame; NotFound when there is no libzstd."""
    library = _library()
    room = library.ZSTD_compressBound(len(data))
    buffer = ctypes.create_string_buffer(room)
    size = library.ZSTD_compress(buffer, room, data, len(data), level)
    if library.ZSTD_isError(size):
        raise InvalidArgument(f"libzstd cannot compress at level {level}")
    return buffer.raw[:size]
