"""A folder or file as a tar stream, by descriptors: nothing is looked up by path, nothing is executed."""

import itertools
import os
import stat
from contextlib import suppress

from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import ResourceExhausted
from nerdpy.linux.copy_data import Told, extents, ignore, write_all
from nerdpy.linux.inside import reopen
from nerdpy.linux.place import DEPTH
from nerdpy.linux.virtual import is_virtual
from nerdpy.model import tar_header
from nerdpy.model.shift import SAME, Shift
from nerdpy.model.tar_header import Entry

_LINK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_PRIVILEGE = "security.capability"
_KEPT = ("user.", _PRIVILEGE)
_ACCESS = "system.posix_acl_"
_MOST_PIECES = 1 << 16
"""A file in more pieces is written whole: its map would outgrow it."""
_SMALL = 1 << 16
_STEP = 16 << 20
_KINDS = {
    stat.S_IFREG: tar_header.FILE,
    stat.S_IFLNK: tar_header.SYMLINK,
    stat.S_IFCHR: tar_header.CHARACTER,
    stat.S_IFBLK: tar_header.BLOCK_DEVICE,
    stat.S_IFDIR: tar_header.FOLDER,
    stat.S_IFIFO: tar_header.FIFO,
}
"""Sockets have no kind: they are left out, as docker and GNU tar do."""


@dataclass
class TarStream:
    """Writes members to an open file, pipe or socket, and the end mark on `finish`."""

    out: int
    told: Told = ignore
    shift: Shift = SAME
    keeps_all: bool = False
    """Holes stay holes, access lists (acl(5)) are told, and that there will be an end: for archives that
    nerdpy reads again."""
    names: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """Of files with several names: the first that was written."""
    _pending: bytearray = field(default_factory=bytearray)

    def add(self, handle: int, name: str) -> None:
        """What the O_PATH descriptor `handle` stands for, with all that is below it, as `name`."""
        self._add(handle, os.fsencode(name), 0)

    def add_contents(self, handle: int, prefix: str = "") -> None:
        """What is in a folder, without the folder itself."""
        folder = reopen(handle, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._walk(folder, os.fsencode(prefix), 0)
        finally:
            os.close(folder)

    def finish(self) -> None:
        self._write(tar_header.END)
        self._flush()

    def _add(self, handle: int, name: bytes, depth: int) -> None:
        found = os.fstat(handle)
        kind = _KINDS.get(stat.S_IFMT(found.st_mode))
        if kind is None:
            return
        key = (found.st_dev, found.st_ino)
        if kind == tar_header.FOLDER:
            self._add_folder(handle, found, name, depth)
        elif found.st_nlink > 1 and key in self.names:
            self._write(
                tar_header.header(self._entry(found, name, tar_header.HARD_LINK, target=self.names[key]))
            )
        else:
            self._add_single(handle, found, name, kind)
            if found.st_nlink > 1:
                self.names[key] = name

    def _add_folder(self, handle: int, found: os.stat_result, name: bytes, depth: int) -> None:
        if depth > DEPTH:
            raise ResourceExhausted(f"folders are nested deeper than {DEPTH}: {os.fsdecode(name[:64])}...")
        folder = reopen(handle, os.O_RDONLY | os.O_DIRECTORY)
        try:
            attributes = self._attributes(folder)
            entry = self._entry(found, name.rstrip(b"/") + b"/", tar_header.FOLDER, attributes=attributes)
            comment = tar_header.CLOSED if self.keeps_all and depth == 0 else b""
            self._write(tar_header.header(replace(entry, comment=comment)))
            if depth == 0 or not is_virtual(folder):
                self._walk(folder, entry.name, depth)
        finally:
            os.close(folder)

    def _walk(self, folder: int, prefix: bytes, depth: int) -> None:
        for name in sorted(os.listdir(folder)):
            try:
                handle = os.open(name, _LINK, dir_fd=folder)
            except FileNotFoundError:  # it was removed since
                continue
            try:
                self._add(handle, prefix + os.fsencode(name), depth + 1)
            finally:
                os.close(handle)

    def _add_single(self, handle: int, found: os.stat_result, name: bytes, kind: bytes) -> None:
        if kind == tar_header.FILE:
            source = reopen(handle, os.O_RDONLY | os.O_NONBLOCK)
            try:
                found = os.fstat(source)
                entry = self._entry(found, name, kind, attributes=self._attributes(source))
                if self.keeps_all and found.st_blocks * 512 < found.st_size:
                    self._write_pieces(source, entry)
                else:
                    self._write(tar_header.header(entry))
                    self._write_content(source, 0, found.st_size)
                    self._write(tar_header.padding(found.st_size))
            finally:
                os.close(source)
            return
        target = os.fsencode(os.readlink("", dir_fd=handle)) if kind == tar_header.SYMLINK else b""
        self._write(tar_header.header(self._entry(found, name, kind, target=target)))

    def _write_pieces(self, source: int, entry: Entry) -> None:
        """A file with holes: a map of its data, and that."""
        pieces = list(itertools.islice(extents(source, entry.size), _MOST_PIECES + 1))
        if len(pieces) > _MOST_PIECES:
            pieces = [(0, entry.size)]
        places = tar_header.sparse_map(pieces, entry.size)
        size = len(places) + sum(end - start for start, end in pieces)
        self._write(tar_header.header(replace(entry, size=size, real_size=entry.size)) + places)
        for start, end in pieces:
            self._write_content(source, start, end)
        self._write(tar_header.padding(size))

    def _write_content(self, source: int, at: int, end: int) -> None:
        """Exactly these bytes, as the header says: zeros where the file was cut meanwhile."""
        while at < end:
            count = self._write_piece(source, at, end - at)
            if not count:
                break
            at += count
            self.told(count)
        while at < end:
            zeros = min(end - at, _SMALL)
            self._write(bytes(zeros))
            at += zeros

    def _write_piece(self, source: int, at: int, size: int) -> int:
        if size > _SMALL:
            self._flush()
            with suppress(OSError):
                return os.sendfile(self.out, source, at, min(size, _STEP))
        data = os.pread(source, min(size, _SMALL), at)
        self._write(data)
        return len(data)

    def _write(self, data: bytes) -> None:
        self._pending += data
        if len(self._pending) > _SMALL:
            self._flush()

    def _flush(self) -> None:
        write_all(self.out, bytes(self._pending))
        self._pending.clear()

    def _entry(
        self,
        found: os.stat_result,
        name: bytes,
        kind: bytes,
        *,
        target: bytes = b"",
        attributes: dict[bytes, bytes] | None = None,
    ) -> Entry:
        user, group = self.shift.owner(found.st_uid, found.st_gid)
        is_device = kind in {tar_header.CHARACTER, tar_header.BLOCK_DEVICE}
        return Entry(
            name=name,
            kind=kind,
            mode=stat.S_IMODE(found.st_mode),
            user=user,
            group=group,
            size=found.st_size if kind == tar_header.FILE else 0,
            modified=int(found.st_mtime),
            target=target,
            device=(os.major(found.st_rdev), os.minor(found.st_rdev)) if is_device else (0, 0),
            attributes=attributes or {},
        )

    def _attributes(self, source: int) -> dict[bytes, bytes]:
        kept = (*_KEPT, _ACCESS) if self.keeps_all else _KEPT
        try:
            names = os.listxattr(source)
            found = {name: os.getxattr(source, name) for name in names if name.startswith(kept)}
        except OSError:
            return {}
        if _PRIVILEGE in found:
            found[_PRIVILEGE] = self.shift.capabilities(found[_PRIVILEGE])
        return {os.fsencode(name): value for name, value in found.items()}
