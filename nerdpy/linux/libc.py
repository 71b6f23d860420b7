"""The C library, for the system calls that Python has no function for. Loaded on first use: 2 ms."""

from functools import cache
from typing import Any


@cache
def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any, path: str = "") -> int:
    """Call `name` of the C library; OSError with `path` where it answers -1."""
    import ctypes
    import os

    result = int(getattr(_libc(), name)(*arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path or None)
    return result


def syscall(number: int, *arguments: Any, path: str = "") -> int:
    """Call the kernel by number, for what the C library has no function for either."""
    import ctypes

    long = ctypes.c_long
    packed = [long(value) if isinstance(value, int) else value for value in arguments]
    return call("syscall", long(number), *packed, path=path)
