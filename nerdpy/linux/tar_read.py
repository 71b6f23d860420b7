"""A tar stream into a folder of a container: members are made one by one, by descriptors.

Python's tarfile only reads the headers; nothing of it touches the disk, and packed streams are unpacked in
this process. The folder above each member is resolved below the container's root, so neither `..` nor a
link, be it in the archive or in the container, leads out of it.
"""

import errno
import io
import os
import stat
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, cast

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.linux.copy_data import Told, ignore, write_all
from nerdpy.linux.inside import open_inside
from nerdpy.linux.place import make_folder, put_node, put_stream
from nerdpy.linux.tar_header import Archive, Header
from nerdpy.model.shift import SAME, Shift
from nerdpy.model.tar_header import CLOSED, COMMENT

CUT_OFF = "the archive lacks the zero blocks at its end: it may have been cut off"
"""What there is to say when `unpack` finds no end."""
_CHUNK = 1 << 20
_NODES = {
    tarfile.CHRTYPE: stat.S_IFCHR,
    tarfile.BLKTYPE: stat.S_IFBLK,
    tarfile.FIFOTYPE: stat.S_IFIFO,
}
_XATTR = "SCHILY.xattr."
_COMMENT, _CLOSED = COMMENT.decode(), CLOSED.decode()
_PRIVILEGE = "security.capability"
_ACCESS = "system.posix_acl_"


@dataclass
class Unpacking:
    """One archive: where it goes."""

    root: int
    folder: str
    """Below the root; it exists."""
    told: Told = ignore
    shift: Shift = SAME
    takes_all: bool = False
    """Also owner and mode of the folder itself, as its member `./` has them, and access lists."""


def unpack(run: Unpacking, stream: IO[bytes]) -> bool:
    """Make every member below the folder, over what is there. False where the archive just stops after a
    member, and may have been cut off. InvalidArgument for what is no archive, or surely not a whole one."""
    late: list[Callable[[], None]] = []
    has_end = False
    try:
        with Archive.open(fileobj=stream, mode="r|*", tarinfo=Header) as archive:
            while (member := archive.next()) is not None:
                has_end = has_end or member.pax_headers.get(_COMMENT) == _CLOSED
                _make(run, archive, member, late)
                cast(Any, archive).members.clear()  # it would remember each
            if has_end and not archive.has_end:
                raise EOFError("it is cut off")
            has_end = archive.has_end
    except (tarfile.TarError, EOFError) as error:
        packed = "gzip, bzip2, xz and zstd" if run.takes_all else "gzip, bzip2 and xz"
        raise InvalidArgument(
            f"the input is no tar archive, or a broken one: {str(error).lower()}",
            hint=f"plain archives and those packed by {packed} are understood",
        ) from error
    for finish in reversed(late):
        finish()
    return has_end


def _make(
    run: Unpacking, archive: tarfile.TarFile, member: tarfile.TarInfo, late: list[Callable[[], None]]
) -> None:
    with _sound(member):
        _make_one(run, archive, member, late)


@contextmanager
def _sound(member: tarfile.TarInfo) -> Iterator[None]:
    """What `os` says of numbers that are beyond what the system has, and of names with a NUL."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        raise InvalidArgument(f'file name too long in the archive: "{member.name[:256]}"') from None
    except (OverflowError, ValueError) as error:
        raise InvalidArgument(
            f'the archive has a member with a false name, owner, time or number: "{member.name[:256]}"'
        ) from error


def _make_one(
    run: Unpacking, archive: tarfile.TarFile, member: tarfile.TarInfo, late: list[Callable[[], None]]
) -> None:
    names = _names(member.name)
    if not names:
        if run.takes_all and member.isdir():
            late.append(lambda: _finish_folder(run, names, member))
        return  # the folder itself
    member.uid, member.gid = run.shift.owner(member.uid, member.gid)
    parent = _parent(run, names[:-1])
    try:
        if member.isdir():
            os.close(make_folder(parent, names[-1]))
            late.append(lambda: _finish_folder(run, names, member))
        elif member.islnk():
            _link(run, member, parent, names[-1])
        elif member.issym():
            put_node(parent, names[-1], lambda name: _symlink(member, parent, name))
        elif member.type in _NODES:
            put_node(parent, names[-1], lambda name: _node(member, parent, name))
        elif member.isreg():
            _file(run, archive, member, parent, names[-1])
    finally:
        os.close(parent)


def _names(path: str) -> list[str]:
    names = [name for name in path.split("/") if name not in {"", "."}]
    if ".." in names:
        raise InvalidArgument(f'the archive has a member outside of itself: "{path[:256]}"')
    return names


def _parent(run: Unpacking, names: list[str]) -> int:
    """The folder, with those above it made where they are missing: there may be more of them than Python
    recurses."""
    there = len(names)
    while True:
        try:
            folder = open_inside(
                run.root, "/".join((run.folder, *names[:there])), os.O_RDONLY | os.O_DIRECTORY
            )
            break
        except FileNotFoundError:
            if not there:
                raise
            there -= 1
    for name in names[there:]:
        above = folder
        try:
            folder = make_folder(above, name)
        finally:
            os.close(above)
        _give_to_root(run, folder)
    return folder


def _give_to_root(run: Unpacking, folder: int) -> None:
    try:
        os.fchown(folder, *run.shift.owner(0, 0))
        os.fchmod(folder, 0o755)
    except BaseException:
        os.close(folder)
        raise


def _finish_folder(run: Unpacking, names: list[str], member: tarfile.TarInfo) -> None:
    """When nothing more comes into it: its time would change."""
    try:
        made = open_inside(run.root, "/".join((run.folder, *names)), os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return  # the container has removed it meanwhile
    try:
        with _sound(member):
            _finish(run, made, member)
    finally:
        os.close(made)


def _finish(run: Unpacking, made: int, member: tarfile.TarInfo) -> None:
    os.fchown(made, member.uid, member.gid)
    os.fchmod(made, member.mode & 0o7777)
    kept = ("user.", _PRIVILEGE, _ACCESS) if run.takes_all else ("user.", _PRIVILEGE)
    for key, value in member.pax_headers.items():
        name = key.removeprefix(_XATTR)
        if key.startswith(_XATTR) and name.startswith(kept):
            data = value.encode(errors="surrogateescape")
            os.setxattr(made, name, run.shift.capabilities(data) if name == _PRIVILEGE else data)
    os.utime(made, (member.mtime, member.mtime))


def _file(run: Unpacking, archive: tarfile.TarFile, member: tarfile.TarInfo, parent: int, name: str) -> None:
    content = archive.extractfile(member)

    def write(made: int) -> None:
        if content is not None and member.sparse is not None:
            _write_pieces(run, content, member, made)
            return
        while content is not None and (data := content.read(_CHUNK)):
            write_all(made, data)
            run.told(len(data))

    put_stream(parent, name, write, lambda made: _finish(run, made, member))


def _write_pieces(run: Unpacking, content: IO[bytes], member: tarfile.TarInfo, made: int) -> None:
    """The data of a file with holes, each piece where it belongs."""
    raw: Any = cast(io.BufferedReader, content).raw  # which can pass over holes, also in a pipe
    places = cast(Iterable[tuple[int, int]], member.sparse)
    for start, count in places:
        if start < 0 or count < 0 or start + count > member.size:
            raise InvalidArgument(f'the archive has a file with a false map: "{member.name[:256]}"')
        raw.seek(start)
        os.lseek(made, start, os.SEEK_SET)
        left = count
        while left and (data := raw.read(min(left, _CHUNK))):
            write_all(made, data)
            run.told(len(data))
            left -= len(data)
    os.ftruncate(made, member.size)


def _link(run: Unpacking, member: tarfile.TarInfo, parent: int, name: str) -> None:
    target = _names(member.linkname)
    if not target:
        raise InvalidArgument(f'the archive has a hard link to a folder: "{member.name[:256]}"')
    beside = _parent(run, target[:-1])
    try:
        put_node(
            parent,
            name,
            lambda where: os.link(
                target[-1], where, src_dir_fd=beside, dst_dir_fd=parent, follow_symlinks=False
            ),
        )
    finally:
        os.close(beside)


def _symlink(member: tarfile.TarInfo, parent: int, name: str) -> None:
    os.symlink(member.linkname, name, dir_fd=parent)
    os.chown(name, member.uid, member.gid, dir_fd=parent, follow_symlinks=False)
    _date(member, parent, name)


def _date(member: tarfile.TarInfo, parent: int, name: str) -> None:
    with suppress(OSError):  # it may not be ours any more
        os.utime(name, (member.mtime, member.mtime), dir_fd=parent, follow_symlinks=False)


def _node(member: tarfile.TarInfo, parent: int, name: str) -> None:
    device = os.makedev(member.devmajor, member.devminor)
    os.mknod(name, _NODES[member.type] | 0o600, device, dir_fd=parent)
    handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        if stat.S_IFMT(os.fstat(handle).st_mode) == _NODES[member.type]:
            os.chown(name, member.uid, member.gid, dir_fd=parent, follow_symlinks=False)
            os.chmod(f"/proc/self/fd/{handle}", member.mode & 0o7777)
            _date(member, parent, name)
    finally:
        os.close(handle)
