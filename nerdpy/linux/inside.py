"""Paths below a directory that belongs to somebody hostile.

Every path is resolved by the kernel with the directory as its root (openat2, RESOLVE_IN_ROOT), or, before
Linux 5.6, by a walk that holds a descriptor of each component. Nothing is looked up by name twice, so a link
that is swapped in between leads nowhere.
"""

import errno
import os
import stat

from nerdpy.errors import InvalidArgument
from nerdpy.linux.libc import syscall

OPENAT2 = 437
NO_MAGICLINKS, IN_ROOT = 0x2, 0x10
LINKS = 40
"""How many symbolic links one path may lead through, as in the kernel."""
LIMIT = 16 << 20
"""The largest file that `read_text` reads."""
_MISSING = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
_NOT_HERE = {errno.ENOSYS, errno.EPERM, errno.E2BIG}


def open_inside(root: int, path: str, flags: int = os.O_PATH, mode: int = 0) -> int:
    """Open `path` as a process would that is chrooted to the directory `root`; OSError as open(2)."""
    flags |= os.O_CLOEXEC
    while True:
        try:
            return _openat2(root, path, flags, mode)
        except OSError as error:
            if error.errno in _NOT_HERE:
                return _walk(root, path, flags, mode)
            if error.errno != errno.EAGAIN:  # something was renamed meanwhile: look again
                raise


def exists(root: int, path: str) -> bool:
    """Does it lead to something?"""
    return kind_of(root, path) is not None


def kind_of(root: int, path: str) -> int | None:
    """The file type bits (`stat.S_IFMT`) of what `path` leads to; None when it leads nowhere."""
    try:
        descriptor = open_inside(root, path)
    except OSError as error:
        if error.errno in _MISSING:
            return None
        raise
    try:
        return stat.S_IFMT(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)


def read_text(root: int, path: str, *, limit: int = LIMIT) -> str | None:
    """The text of a regular file; None where there is none. A device, a pipe or a directory counts as none,
    and is not even opened for reading; a file beyond `limit` is refused."""
    try:
        handle = open_inside(root, path)
    except OSError as error:
        if error.errno in _MISSING:
            return None
        raise
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            return None
        if found.st_size > limit:
            raise InvalidArgument(
                f'"{path}" in the container is too large to be read ({found.st_size} bytes)'
            )
        return _read(handle, limit).decode(errors="surrogateescape")
    finally:
        os.close(handle)


def reopen(handle: int, flags: int) -> int:
    """A usable descriptor of the very file that the O_PATH descriptor stands for."""
    return os.open(f"/proc/self/fd/{handle}", flags | os.O_CLOEXEC | os.O_NOCTTY)


def _read(handle: int, limit: int) -> bytes:
    with os.fdopen(reopen(handle, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        return file.read(limit)


def _openat2(root: int, path: str, flags: int, mode: int) -> int:
    import ctypes

    how = (ctypes.c_uint64 * 3)(flags, mode, IN_ROOT | NO_MAGICLINKS)
    name = ctypes.c_char_p(os.fsencode(path or "."))
    return syscall(OPENAT2, root, name, how, ctypes.sizeof(how), path=path)


def _walk(root: int, path: str, flags: int, mode: int) -> int:
    """Descend one component at a time. `..` steps back to a descriptor that we hold, never to a name."""
    held = [os.dup(root)]
    rest = _components(path)
    links = 0
    try:
        while rest:
            name = rest.pop(0)
            if name == "..":
                if len(held) > 1:
                    os.close(held.pop())
                continue
            is_last = not rest
            found = _open_link(held[-1], name, is_last=is_last, flags=flags, mode=mode)
            if not stat.S_ISLNK(os.fstat(found).st_mode) or (is_last and flags & os.O_NOFOLLOW):
                held.append(found)
                continue
            links += 1
            rest = _components(_target(found, held)) + rest
            if links > LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        return _as_asked(held[-1], flags, path)
    finally:
        for descriptor in held:
            os.close(descriptor)


def _components(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in {"", "."}]


def _open_link(folder: int, name: str, *, is_last: bool, flags: int, mode: int) -> int:
    try:
        return os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        if not (is_last and flags & os.O_CREAT):
            raise
        made = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(name, made, mode, dir_fd=folder))
        return os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)


def _target(link: int, held: list[int]) -> str:
    """Where the link leads; an absolute one begins at the root again. Closes the link."""
    try:
        target = os.readlink("", dir_fd=link)
    finally:
        os.close(link)
    if target.startswith("/"):
        while len(held) > 1:
            os.close(held.pop())
    return target


def _as_asked(handle: int, flags: int, path: str) -> int:
    found = os.fstat(handle)
    if flags & os.O_DIRECTORY and not stat.S_ISDIR(found.st_mode):
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
    if flags & os.O_PATH:
        return os.dup(handle)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    return reopen(handle, flags & ~(os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW))
