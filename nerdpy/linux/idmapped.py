"""Mounts that show their files with other owners (mount_setattr(2), MOUNT_ATTR_IDMAP; Linux 5.12).

Such a mount is a copy of another one's, and takes its map from a user namespace. An overlay can't be mapped,
but what it is made of can (Linux 5.19).
"""

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nerdpy.linux.libc import syscall
from nerdpy.linux.userns import made
from nerdpy.model.idmap import IdMaps

_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_OPEN_TREE_CLONE = 1
_MOVE_MOUNT_F_EMPTY_PATH = 4
_AT_FDCWD, _AT_EMPTY_PATH = -100, 0x1000
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_IDMAP = 0x1, 0x100000


def mount_idmapped(source: str, target: Path, maps: IdMaps) -> None:
    """Mount the folder `source` on `target`, read only: whoever has an id of the container on the disk
    has the host's there."""
    tree = syscall(_OPEN_TREE, _AT_FDCWD, os.fsencode(source), _OPEN_TREE_CLONE | os.O_CLOEXEC, path=source)
    try:
        with _namespace(maps) as namespace:
            attributes = struct.pack("QQQQ", _MOUNT_ATTR_IDMAP | _MOUNT_ATTR_RDONLY, 0, 0, namespace)
            size = ctypes.c_size_t(len(attributes))
            syscall(_MOUNT_SETATTR, tree, b"", _AT_EMPTY_PATH, attributes, size, path=source)
        where = os.fsencode(target)
        syscall(_MOVE_MOUNT, tree, b"", _AT_FDCWD, where, _MOVE_MOUNT_F_EMPTY_PATH, path=str(target))
    finally:
        os.close(tree)


@contextmanager
def _namespace(maps: IdMaps) -> Iterator[int]:
    with made(maps) as pid:
        descriptor = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
