"""Copy a folder by descriptors: no path is looked up twice, no link is followed, nothing is executed."""

import os
import stat
from contextlib import suppress

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import ResourceExhausted
from nerdpy.linux.copy_data import copy_data
from nerdpy.linux.inside import reopen
from nerdpy.linux.libc import syscall

DEPTH = 256
"""Each level holds two descriptors; a program may have 1024."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LINK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_RENAMEAT2 = {"x86_64": 316, "s390x": 347, "ppc64le": 357, "armv7l": 382, "i686": 353}
_RENAMEAT2_ELSEWHERE = 276
"""aarch64, riscv64, loongarch64: the generic table."""
_NOREPLACE = 1


@dataclass
class _Copy:
    """One run: where files with several names were put first."""

    root: int
    """The target's root, private to us: paths below it are ours."""
    placed: dict[tuple[int, int], str] = field(default_factory=dict)


def copy_tree(source: int, target: int) -> None:
    """Copy everything in the folder `source` into the empty folder `target`, which nobody else may write:
    owners, modes, times, extended attributes, links as links, devices as devices."""
    _copy_folder(_Copy(target), source, target, "", 0)


def copy_attributes(source: int, target: int) -> None:
    """Owner, mode, extended attributes and times of one open file to another."""
    found = os.fstat(source)
    os.fchown(target, found.st_uid, found.st_gid)
    os.fchmod(target, stat.S_IMODE(found.st_mode))  # after the owner: chown takes setuid away
    _copy_xattrs(source, target)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def move_new(source: int, target: int, name: str) -> None:
    """Move an entry from one open folder to another; FileExistsError when the name is taken there."""
    encoded = os.fsencode(name)
    number = _RENAMEAT2.get(os.uname().machine, _RENAMEAT2_ELSEWHERE)
    syscall(number, source, encoded, target, encoded, _NOREPLACE, path=name)


def _copy_folder(run: _Copy, source: int, target: int, path: str, depth: int) -> None:
    if depth > DEPTH:
        raise ResourceExhausted(f"folders are nested deeper than {DEPTH}: /{path[:64]}...")
    for name in os.listdir(source):
        handle = os.open(name, _LINK, dir_fd=source)
        try:
            _copy_entry(run, handle, (source, target), f"{path}/{name}".lstrip("/"), depth)
        finally:
            os.close(handle)


def _copy_entry(run: _Copy, handle: int, folders: tuple[int, int], path: str, depth: int) -> None:
    found = os.fstat(handle)
    name, (_, target) = path.rpartition("/")[2], folders
    if stat.S_ISDIR(found.st_mode):
        _copy_subfolder(run, handle, target, path, depth)
        return
    key = (found.st_dev, found.st_ino)
    if found.st_nlink > 1:
        if (first := run.placed.get(key)) is not None:
            os.link(first, name, src_dir_fd=run.root, dst_dir_fd=target, follow_symlinks=False)
            return
        run.placed[key] = path
    if stat.S_ISREG(found.st_mode):
        _copy_file(handle, target, name)
    elif stat.S_ISLNK(found.st_mode):
        os.symlink(os.readlink("", dir_fd=handle), name, dir_fd=target)
        _own(found, target, name)
    else:
        os.mknod(name, found.st_mode, found.st_rdev, dir_fd=target)
        _own(found, target, name)
        os.chmod(name, stat.S_IMODE(found.st_mode), dir_fd=target)


def _copy_subfolder(run: _Copy, handle: int, target: int, path: str, depth: int) -> None:
    name = path.rpartition("/")[2]
    os.mkdir(name, 0o700, dir_fd=target)
    source = reopen(handle, os.O_RDONLY | os.O_DIRECTORY)
    try:
        made = os.open(name, _FOLDER, dir_fd=target)
        try:
            _copy_folder(run, source, made, path, depth + 1)
            copy_attributes(source, made)
        finally:
            os.close(made)
    finally:
        os.close(source)


def _copy_file(handle: int, target: int, name: str) -> None:
    source = reopen(handle, os.O_RDONLY)
    try:
        made = os.open(name, _NEW, 0o600, dir_fd=target)
        try:
            copy_data(source, made)
            copy_attributes(source, made)
        finally:
            os.close(made)
    finally:
        os.close(source)


def _own(found: os.stat_result, folder: int, name: str) -> None:
    os.chown(name, found.st_uid, found.st_gid, dir_fd=folder, follow_symlinks=False)
    times = (found.st_atime_ns, found.st_mtime_ns)
    os.utime(name, ns=times, dir_fd=folder, follow_symlinks=False)


def _copy_xattrs(source: int, target: int) -> None:
    """Capabilities of files and access lists are among them; the overlay's own marks are not seen here."""
    try:
        names = os.listxattr(source)
    except OSError:
        return
    for name in names:
        with suppress(OSError):
            os.setxattr(target, name, os.getxattr(source, name))
