"""The ends of a copy: what a path in a container, or on this machine, stands for before anything is
copied."""

import os
import stat

from nerdpy.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from nerdpy.linux.inside import LINKS, open_inside
from nerdpy.linux.mount_view import is_nothing
from nerdpy.linux.place import mount_id
from nerdpy.model.copy_rule import Destination, Source, asserts_folder, last_name, means_contents

_NO_FOLLOW = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def open_in_container(root: int, path: str, shown: str, *, follows: bool) -> int:
    """An O_PATH descriptor of a source in a container; its last component is followed on demand, or when a
    slash stands behind it."""
    try:
        return open_inside(root, _absolute(path), os.O_PATH if follows else _NO_FOLLOW)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise could_not_find(path, shown) from error


def open_on_host(path: str, *, follows: bool) -> int:
    """The same for a source on this machine."""
    try:
        return os.open(path, os.O_PATH | os.O_CLOEXEC if follows else _NO_FOLLOW)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f'"{path}": {(error.strerror or "").lower()}') from error


def source_of(handle: int, path: str, shown: str, *, is_of_container: bool) -> Source:
    """What the rules must know of it."""
    whole = _absolute(path) if is_of_container else os.path.abspath(path)
    name = last_name(whole)
    return Source(
        shown=shown,
        name=name,
        is_folder=stat.S_ISDIR(os.fstat(handle).st_mode),
        is_contents=means_contents(path) or not name,
    )


def destination_in_container(root: int, path: str, shown: str) -> Destination:
    """Where `path` leads, links of its last component included, which may lead to what does not exist."""
    where = _absolute(path)
    for _ in range(LINKS):
        try:
            handle = open_inside(root, where, _NO_FOLLOW)
        except (FileNotFoundError, NotADirectoryError):
            return Destination(shown=shown, path=where, exists=False)
        try:
            found = os.fstat(handle)
            if not stat.S_ISLNK(found.st_mode):
                _refuse_device(found, shown)
                return Destination(
                    shown=shown, path=where, exists=True, is_folder=stat.S_ISDIR(found.st_mode)
                )
            target = os.readlink("", dir_fd=handle)
        finally:
            os.close(handle)
        where = target if target.startswith("/") else f"{where.rpartition('/')[0]}/{target}"
    raise FailedPrecondition(f'"{shown}" leads through too many symbolic links')


def destination_on_host(path: str) -> Destination:
    """The same on this machine; the folder above it must exist."""
    above = os.path.dirname(os.path.normpath(path)) or "."
    if not os.path.exists(above):
        raise NotFound(f'invalid output path: directory "{above}" does not exist', hint="make it first")
    real = os.path.realpath(path)
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        ending = "/" if asserts_folder(path) else ""
        return Destination(shown=path, path=real + ending, exists=False)
    _refuse_device(found, path)
    return Destination(shown=path, path=real, exists=True, is_folder=stat.S_ISDIR(found.st_mode))


def open_folder_in_container(root: int, path: str, shown: str) -> int:
    """The folder that receives the copy, which may be written to."""
    try:
        folder = open_inside(root, path, _FOLDER)
    except FileNotFoundError as error:
        raise could_not_find(path, shown) from error
    except NotADirectoryError as error:
        raise InvalidArgument(
            f'extraction point is not a directory: "{path}" in container {shown}'
        ) from error
    if os.fstatvfs(folder).f_flag & os.ST_RDONLY:
        is_of_root, is_gone = mount_id(folder) == mount_id(root), is_nothing(folder)
        os.close(folder)
        if is_gone:
            raise FailedPrecondition(
                f'"{path}" in container {shown} lies on a mount that is there only while it runs',
                hint=f"start it first: `nerdpy start {shown}`",
            )
        raise PermissionDenied(
            "container rootfs is marked read-only" if is_of_root else "mounted volume is marked read-only",
            hint="copy to a volume or a folder that the container may write to",
        )
    return folder


def could_not_find(path: str, shown: str) -> NotFound:
    """docker's words."""
    return NotFound(f"Could not find the file {_absolute(path)} in container {shown}")


def _absolute(path: str) -> str:
    """Paths in a container begin at its root, whatever its working directory is."""
    return path if path.startswith("/") else f"/{path}"


def _refuse_device(found: os.stat_result, shown: str) -> None:
    if stat.S_ISBLK(found.st_mode) or stat.S_ISCHR(found.st_mode):
        raise InvalidArgument(f'destination "{shown}" must be a directory or a regular file: got a device')
