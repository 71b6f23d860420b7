"""A container's root with its volumes laid over it, while no process of the container runs.

Everything is mounted in a mount namespace that only we know: nobody sees it, nothing can propagate, and
the kernel takes it away with us, however we die. The places of the volumes are resolved below the
container's root (`linux/inside.py`), so a link in the image leads to nothing of the host's.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.linux.inside import LINKS, open_inside
from nerdpy.linux.libc import call
from nerdpy.linux.mount import BIND, PRIVATE, RDONLY, REC, REMOUNT, mount, mount_snapshot
from nerdpy.linux.own_thread import in_own_thread
from nerdpy.linux.virtual import kind_of_filesystem
from nerdpy.model.records import SnapshotMount

_CLONE_NEWNS = 0x20000
_NOTHING = 4099
"""How many inodes the tmpfs has that stands for what is not there: nobody else asks for that many."""
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True)
class Bind:
    """A folder or file of the host's that the container sees on `target`."""

    source: str
    """A folder or file. Empty: what lies on the target lives and dies with the processes of the container, so
    there is nothing now, and nothing can be put there."""
    target: str
    is_read_only: bool = False
    is_recursive: bool = True


@contextmanager
def opened_with_binds(
    mounts: Sequence[SnapshotMount], binds: Sequence[Bind], scratch: Path, *, is_read_only: bool = False
) -> Iterator[int]:
    """A descriptor of the root, to be used with `linux/inside.py` only. `scratch` is a folder that exists in
    any case: what is mounted on it is seen by us alone. Missing mount points are made, as the runtime does.

    The snapshot is mounted for writing: the caller sees to it that no task is started meanwhile.
    """
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as held:

        def build() -> int:
            call("unshare", _CLONE_NEWNS)
            held.callback(os.close, os.open("/proc/thread-self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC))
            mount("", "/", "", REC | PRIVATE)
            mount_snapshot(mounts, scratch)
            root = os.open(scratch, _DIRECTORY)
            held.callback(os.close, root)
            for bind in binds:
                _lay(root, bind)
            for bind in binds:
                if not bind.source:  # what else is mounted in there has its place by now
                    _lock(root, bind.target)
            if is_read_only:
                mount("", f"/proc/self/fd/{root}", "", REMOUNT | BIND | RDONLY)
            return root

        yield in_own_thread(build)


def is_nothing(folder: int) -> bool:
    """Does the open folder lie where a `Bind` without a source is?"""
    return kind_of_filesystem(folder) == "tmpfs" and os.fstatvfs(folder).f_files == _NOTHING


def _lay(root: int, bind: Bind) -> None:
    if not bind.source:
        _lay_nothing(root, bind.target)
        return
    try:
        kind = stat.S_IFMT(os.stat(bind.source).st_mode)
    except OSError as error:
        raise InvalidArgument(
            f'"{bind.source}", which is mounted on {bind.target}, cannot be opened: '
            f"{(error.strerror or '').lower()}"
        ) from error
    place = _made(root, bind.target, is_folder=kind == stat.S_IFDIR)
    try:
        mount(bind.source, f"/proc/self/fd/{place}", "", BIND | (REC if bind.is_recursive else 0))
    finally:
        os.close(place)
    if bind.is_read_only:  # a bind takes its flags only when it is mounted again
        _lock(root, bind.target)


def _lay_nothing(root: int, path: str) -> None:
    place = _made(root, path, is_folder=True)
    try:
        mount("nothing", f"/proc/self/fd/{place}", "tmpfs", 0, f"mode=755,nr_inodes={_NOTHING}")
    finally:
        os.close(place)


def _lock(root: int, path: str) -> None:
    """Take away the right to write to what is mounted there."""
    place = open_inside(root, path)
    try:
        mount("", f"/proc/self/fd/{place}", "", REMOUNT | BIND | RDONLY)
    finally:
        os.close(place)


def _made(root: int, path: str, *, is_folder: bool, links: int = 0) -> int:
    """What `path` leads to, made with the folders above it where it is missing: the runtime, too, makes
    what a link of the image leads to, below the image's root."""
    try:
        return open_inside(root, path)
    except FileNotFoundError:
        if links > LINKS:
            raise
        folder, _, name = path.rstrip("/").rpartition("/")
    parent = _made(root, folder or "/", is_folder=True, links=links + 1)
    try:
        if (target := _link_target(parent, name)) is not None:
            where = target if target.startswith("/") else f"{folder}/{target}"
            return _made(root, where, is_folder=is_folder, links=links + 1)
        if is_folder:
            os.mkdir(name, 0o755, dir_fd=parent)
        else:
            made = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
            os.close(os.open(name, made, 0o755, dir_fd=parent))
        return os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    finally:
        os.close(parent)


def _link_target(parent: int, name: str) -> str | None:
    try:
        return os.readlink(name, dir_fd=parent)
    except OSError:
        return None
