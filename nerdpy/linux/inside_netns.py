"""Work in another network namespace: by a thread of its own, for a namespace belongs to the thread."""

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nerdpy.linux.own_thread import in_own_thread

_CLONE_NEWNET = 0x40000000
_NS_GET_NSTYPE = 0xB703
_libc = ctypes.CDLL(None, use_errno=True)
T = TypeVar("T")


def is_netns(path: Path) -> bool:
    """Is it a network namespace (NS_GET_NSTYPE of ioctl_nsfs(2))? OSError when it cannot be opened."""
    import fcntl

    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return fcntl.ioctl(descriptor, _NS_GET_NSTYPE) == _CLONE_NEWNET
    except OSError:  # no file of nsfs knows this question
        return False
    finally:
        os.close(descriptor)


def inside_netns(path: Path, work: Callable[[], T]) -> T:
    """The result of `work` in the namespace that is pinned at `path`; OSError when there is none."""

    def enter_and_work() -> T:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), str(path))
        finally:
            os.close(descriptor)
        return work()

    return in_own_thread(enter_and_work)
