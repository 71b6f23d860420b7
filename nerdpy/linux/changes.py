"""Two views of one filesystem, before and after: what was added, changed and deleted.

The merged views are compared, so whiteouts, opaque and redirected folders need not be understood. An
overlay's upper folder, where there is one, only says where to look: what it does not hold has not changed.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack

from nerdpy.dataclass import dataclass
from nerdpy.errors import ResourceExhausted
from nerdpy.linux.inside import reopen
from nerdpy.model.changes import ADDED, CHANGED, DELETED, Change

DEPTH = 180
"""Each level holds five descriptors; a program may have 1024."""
_LINK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MARKS = tuple(f"{space}.overlay.{mark}" for space in ("trusted", "user") for mark in ("opaque", "redirect"))
_PRIVILEGE = "security.capability"


@dataclass(frozen=True)
class _Folders:
    """The same folder in each view; None where it is not, and for `upper` where it can't guide."""

    old: int | None
    new: int
    upper: int | None


def compare(old: int, new: int, upper: int | None) -> Iterator[Change]:
    """The changes from the open folder `old` to the open folder `new`, folders before what is in them."""
    return _compare(_Folders(old, new, upper), "", 0)


def _compare(folders: _Folders, path: str, depth: int) -> Iterator[Change]:
    if depth > DEPTH:
        raise ResourceExhausted(f"folders are nested deeper than {DEPTH}: {path[:64]}...")
    for name in _names(folders):
        with ExitStack() as held:
            old = _opened(folders.old, name, held)
            new = _opened(folders.new, name, held)
            if new is None:
                if old is not None:
                    yield Change(DELETED, f"{path}/{name}")
                continue
            below = list(_below(folders, name, (old, new), f"{path}/{name}", depth))
            if old is None:
                yield Change(ADDED, f"{path}/{name}")
            elif _differ(old, new):
                yield Change(CHANGED, f"{path}/{name}")
            elif below:
                yield Change(CHANGED, f"{path}/{name}", is_by_contents=True)
            yield from below


def _names(folders: _Folders) -> list[str]:
    if folders.upper is not None:
        return sorted(os.listdir(folders.upper))
    names = set(os.listdir(folders.new))
    return sorted(names if folders.old is None else names | set(os.listdir(folders.old)))


def _opened(folder: int | None, name: str, held: ExitStack) -> int | None:
    if folder is None:
        return None
    try:
        handle = os.open(name, _LINK, dir_fd=folder)
    except FileNotFoundError:
        return None
    held.callback(os.close, handle)
    return handle


def _below(
    folders: _Folders, name: str, pair: tuple[int | None, int], path: str, depth: int
) -> Iterator[Change]:
    old, new = pair
    if not stat.S_ISDIR(os.fstat(new).st_mode):
        return
    with ExitStack() as held:
        after = reopen(new, os.O_RDONLY | os.O_DIRECTORY)
        held.callback(os.close, after)
        before = None
        if old is not None and stat.S_ISDIR(os.fstat(old).st_mode):
            before = reopen(old, os.O_RDONLY | os.O_DIRECTORY)
            held.callback(os.close, before)
        upper = _guide(folders.upper, name, held) if before is not None else None
        yield from _compare(_Folders(before, after, upper), path, depth + 1)


def _guide(upper: int | None, name: str, held: ExitStack) -> int | None:
    """The upper folder's own folder, unless it hides or moves what is below it."""
    if upper is None:
        return None
    try:
        folder = os.open(name, _FOLDER, dir_fd=upper)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
            return None
        raise
    held.callback(os.close, folder)
    return None if set(os.listxattr(folder)) & set(_MARKS) else folder


def _differ(old: int, new: int) -> bool:
    """docker's test: size and time count for files only, contents not at all."""
    before, after = os.fstat(old), os.fstat(new)
    if (before.st_mode, before.st_uid, before.st_gid) != (after.st_mode, after.st_uid, after.st_gid):
        return True
    if stat.S_ISDIR(after.st_mode):
        return _privilege(old) != _privilege(new)
    if before.st_size != after.st_size or before.st_rdev != after.st_rdev:
        return True
    return not _is_same_time(before.st_mtime_ns, after.st_mtime_ns) or _privilege(old) != _privilege(new)


def _is_same_time(first: int, second: int) -> bool:
    """Some archives have whole seconds only."""
    seconds = 10**9
    is_cut = first % seconds == 0 or second % seconds == 0
    return first == second or (is_cut and first // seconds == second // seconds)


def _privilege(handle: int) -> bytes:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        return b""
    try:
        return os.getxattr(f"/proc/self/fd/{handle}", _PRIVILEGE)
    except OSError:
        return b""
