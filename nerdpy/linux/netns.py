"""Network namespaces that outlive their makers: each is pinned by a bind mount of nsfs on a file."""

import ctypes
import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nerdpy.linux.netlink import set_link_up
from nerdpy.linux.own_thread import in_own_thread

T = TypeVar("T")

_CLONE_NEWNET = 0x40000000
_MS_BIND = 4096
_MNT_DETACH = 2
_NSFS_MAGIC = 0x6E736673

_libc = ctypes.CDLL(None, use_errno=True)


def create(path: Path) -> None:
    """Make a network namespace with `lo` up and pin it on `path`; an existing pin is left as it is.

    A thread makes it and dies with it, so neither this process changes its namespace nor is one forked.
    """
    if is_pinned(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o444))
    failures: list[OSError] = []
    thread = threading.Thread(target=_make_and_pin, args=(path, failures), name="netns")
    thread.start()
    thread.join()
    if failures:
        path.unlink(missing_ok=True)
        raise failures[0]


def remove(path: Path) -> None:
    """Let go of the pin; the kernel takes the namespace down once nobody is inside. Gone already is fine."""
    while is_pinned(path):
        _checked(_libc.umount2(os.fsencode(path), _MNT_DETACH), path)
    path.unlink(missing_ok=True)


def is_pinned(path: Path) -> bool:
    """Does a namespace hang on `path`? (A file without one is left of a process that was killed.)"""
    buffer = ctypes.create_string_buffer(
        256
    )  # struct statfs is 120 bytes on 64 bit; its first word is f_type
    if _libc.statfs(os.fsencode(path), buffer) != 0:
        number = ctypes.get_errno()
        if number in (errno.ENOENT, errno.ENOTDIR):
            return False
        raise OSError(number, os.strerror(number), str(path))
    return ctypes.c_long.from_buffer(buffer).value == _NSFS_MAGIC


def inode(path: Path) -> int:
    """The namespace's number; 0 when none is pinned there."""
    try:
        return path.stat().st_ino if is_pinned(path) else 0
    except FileNotFoundError:
        return 0


def inside(path: Path, work: Callable[[], T]) -> T:
    """The result of `work`, done by a thread in the namespace that is pinned there."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def enter_and_work() -> T:
        _checked(_libc.setns(descriptor, _CLONE_NEWNET), path)
        return work()

    try:
        return in_own_thread(enter_and_work)
    finally:
        os.close(descriptor)


def is_inhabited(number: int) -> bool:
    """Does any process live in the network namespace with this inode number?"""
    wanted = f"net:[{number}]"
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                if os.readlink(f"/proc/{entry}/ns/net") == wanted:
                    return True
            except OSError:  # it has just ended
                continue
    return False


def _make_and_pin(path: Path, failures: list[OSError]) -> None:
    try:
        _checked(_libc.unshare(_CLONE_NEWNET), path)
        set_link_up("lo")
        source = f"/proc/self/task/{threading.get_native_id()}/ns/net"
        _checked(_libc.mount(source.encode(), os.fsencode(path), None, _MS_BIND, None), path)
    except OSError as error:
        failures.append(error)


def _checked(result: int, path: Path) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(path))
