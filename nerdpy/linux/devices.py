"""Device nodes of the host."""

import os
import stat
from collections.abc import Iterator
from typing import Literal

from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.spec.facts import DeviceFacts

_SKIPPED_FOLDERS = {"pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev"}
_SKIPPED_NODES = {"console"}


def requested(host: str, container: str, permissions: str) -> list[DeviceFacts]:
    """The device of `--device HOST[:CONTAINER][:PERMISSIONS]`; a folder stands for every device in it."""
    target = container or host
    try:
        found = os.stat(host)  # a link leads to its device
    except OSError as error:
        raise NotFound(f'device "{host}": {(error.strerror or "").lower()}') from error
    if not stat.S_ISDIR(found.st_mode):
        device = _facts(found, target, permissions)
        if device is None:
            raise InvalidArgument(f'"{host}" is not a device node')
        return [device]
    devices = [
        device
        for path in _nodes(host)
        if (device := _facts(os.lstat(path), target + path.removeprefix(host), permissions)) is not None
    ]
    if not devices:
        raise InvalidArgument(f'no device nodes in "{host}"')
    return devices


def block_numbers(path: str) -> tuple[int, int]:
    """Major and minor number of a block device."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise NotFound(f'device "{path}": {(error.strerror or "").lower()}') from error
    if not stat.S_ISBLK(found.st_mode):
        raise InvalidArgument(f'"{path}" is not a block device', hint="`lsblk -p` lists them")
    return os.major(found.st_rdev), os.minor(found.st_rdev)


def scheduler_of(numbers: tuple[int, int]) -> str:
    """The I/O scheduler of a block device; a partition's is that of its disk. Empty where nobody says."""
    major, minor = numbers
    for place in ("queue", "../queue"):
        try:
            with open(f"/sys/dev/block/{major}:{minor}/{place}/scheduler") as file:
                return file.read().partition("[")[2].partition("]")[0]
        except OSError:
            continue
    return ""


def all_of_host() -> list[DeviceFacts]:
    """What --privileged gives: everything below /dev but terminals and what a container has of its own."""
    found = ((path, os.lstat(path)) for path in _nodes("/dev"))
    return [device for path, status in found if (device := _facts(status, path, "rwm")) is not None]


def _nodes(folder: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_symlink():
            continue
        if entry.is_dir():
            if entry.name not in _SKIPPED_FOLDERS:
                yield from _nodes(entry.path)
        elif entry.name not in _SKIPPED_NODES:
            yield entry.path


def _facts(status: os.stat_result, path: str, permissions: str) -> DeviceFacts | None:
    kind: Literal["c", "b"]
    if stat.S_ISCHR(status.st_mode):
        kind = "c"
    elif stat.S_ISBLK(status.st_mode):
        kind = "b"
    else:
        return None
    return DeviceFacts(
        path=path,
        type=kind,
        major=os.major(status.st_rdev),
        minor=os.minor(status.st_rdev),
        permissions=permissions,
        file_mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
    )
