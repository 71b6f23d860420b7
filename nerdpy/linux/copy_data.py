"""The bytes of one file into another: in the kernel where it can, and holes stay holes."""

import errno
import os
from collections.abc import Callable, Iterator

STEP = 64 << 20
"""Bytes of one call, so that progress can be told and Ctrl-C is heard."""
_CHUNK = 1 << 20
_WORTH_RESERVING = 4 << 20
_KEEP_SIZE = 1
"""FALLOC_FL_KEEP_SIZE"""
_CANNOT = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM}

Told = Callable[[int], None]
"""Hears how many bytes more were copied."""


def ignore(count: int) -> None:
    """The listener of a copy that nobody watches."""


def copy_data(source: int, target: int, told: Told = ignore) -> None:
    """Copy the open file `source` into the open, empty file `target`. What the source's owner adds meanwhile
    is not copied. A file of the kernel's that says it is empty (`/proc/...`) is read to its end."""
    size = os.fstat(source).st_size
    if not size:
        _copy_stream(source, target, told)
        return
    for start, end in extents(source, size):
        _reserve(target, start, end - start)
        reached = _copy_range(source, target, start, end, told)
        if reached < end:  # it is shorter than it said, or was cut meanwhile
            os.ftruncate(target, reached)
            return
    os.ftruncate(target, size)


def extents(source: int, size: int) -> Iterator[tuple[int, int]]:
    """Where the file has data: (begin, end) of each piece, in order. One piece where the filesystem does not
    say."""
    at = 0
    while at < size:
        try:
            start = os.lseek(source, at, os.SEEK_DATA)
            end = os.lseek(source, start, os.SEEK_HOLE)
        except OSError as error:
            if error.errno != errno.ENXIO:  # else: nothing but a hole follows
                yield at, size
            return
        if start >= size:
            return
        yield start, min(end, size)
        at = end


def write_all(target: int, data: bytes | memoryview) -> None:
    """write(2) until all of it is written."""
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]


def _reserve(target: int, at: int, count: int) -> None:
    """Tell the filesystem how much is to come (fallocate(2)): a full disk is noticed before the first byte,
    and a quarter of the time is saved (1 GiB on ext4: 200 ms instead of 260). The file doesn't grow by it."""
    if count < _WORTH_RESERVING:
        return
    from ctypes import c_int64

    from nerdpy.linux import libc

    try:
        libc.call("fallocate", target, _KEEP_SIZE, c_int64(at), c_int64(count))
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise  # others: filesystems and files that can't


def _copy_range(source: int, target: int, at: int, end: int, told: Told) -> int:
    """How far it came."""
    copy = _copied
    while at < end:
        try:
            count = copy(source, target, min(STEP, end - at), at, at)
        except OSError as error:
            if error.errno not in _CANNOT or copy is _sent:
                raise
            copy = _sent
            continue
        if not count and copy is _sent:
            break
        if not count:  # some filesystems of the kernel's answer so where sendfile(2) gives data
            copy = _sent
        at += count
        told(count)
    return at


def _copied(source: int, target: int, count: int, source_at: int, target_at: int) -> int:
    """copy_file_range(2), which filesystems may do without moving a byte."""
    return os.copy_file_range(source, target, count, source_at, target_at)


def _sent(source: int, target: int, count: int, source_at: int, target_at: int) -> int:
    """sendfile(2), for filesystems that don't copy between each other; by our own hands where that fails."""
    os.lseek(target, target_at, os.SEEK_SET)
    try:
        return os.sendfile(target, source, source_at, count)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
    data = os.pread(source, min(count, _CHUNK), source_at)
    write_all(target, data)
    return len(data)


def _copy_stream(source: int, target: int, told: Told) -> None:
    while True:
        try:
            data = os.read(source, _CHUNK)
        except BlockingIOError:
            return
        if not data:
            return
        write_all(target, data)
        told(len(data))
