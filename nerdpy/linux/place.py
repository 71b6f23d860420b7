"""Put files into a folder that somebody hostile may be changing at the same time.

Source and target are held by descriptors, every name is one component, no link is followed. A file appears
under its name when it is whole, so a copy that is killed leaves no half of one.
"""

import errno
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import FailedPrecondition, ResourceExhausted
from nerdpy.linux.copy_data import Told, copy_data, ignore
from nerdpy.linux.inside import open_inside, reopen
from nerdpy.linux.ownership import Ownership
from nerdpy.linux.virtual import is_virtual

DEPTH = 256
"""Each level holds three descriptors; a program may have 1024."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LINK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_TEMPORARY = os.O_WRONLY | os.O_TMPFILE | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_IN_PLACE = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NO_TEMPORARY = {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL}


Maker = Callable[[str], None]
Filler = Callable[[int], None]


@dataclass
class Placing:
    """One copy: what owners and modes become, and where files with several names were put first."""

    base: int
    """The folder that everything goes into."""
    ownership: Ownership
    told: Told = ignore
    keeps: bool = False
    """Files that are there stay, and only what is missing comes in."""
    placed: dict[tuple[int, int], str] = field(default_factory=dict)


def place_contents(run: Placing, source: int) -> None:
    """Copy what is in the folder `source` (any descriptor) into the base, beside what is there."""
    folder = reopen(source, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _fill(run, folder, run.base, "", 0)
    finally:
        os.close(folder)


def place(run: Placing, source: int, name: str) -> None:
    """Copy what the O_PATH descriptor `source` stands for into the base, under `name`."""
    _place(run, source, run.base, name, 0)


def put_file(run: Placing, target: int, name: str, source: int) -> None:
    """Copy an open file into the folder `target` under `name`, over any file that has it."""

    def write(made: int) -> None:
        copy_data(source, made, run.told)

    put_stream(target, name, write, lambda made: run.ownership.give_from(source, made))


def put_stream(target: int, name: str, write: Filler, finish: Filler) -> None:
    """The same with content from anywhere: `write` fills the new file, `finish` gives it owner and mode. A
    file that is mounted by itself, such as /etc/hosts, is filled anew and keeps those."""
    if is_mounted(target, name):
        _put_in_place(target, name, write)
    else:
        _put_whole(target, name, (write, finish))


def is_mounted(folder: int, name: str) -> bool:
    """Is something mounted on this very name? The kernel would let us rename another file over it, and take
    the mount away, for it is in another mount namespace than ours."""
    try:
        handle = os.open(name, _LINK, dir_fd=folder)
    except FileNotFoundError:
        return False
    try:
        return mount_id(handle) != mount_id(folder)
    finally:
        os.close(handle)


def mount_id(descriptor: int) -> str:
    """Which mount the open file was found on (proc(5), `/proc/PID/fdinfo`)."""
    with open(f"/proc/self/fdinfo/{descriptor}") as file:
        return next(line.split()[1] for line in file if line.startswith("mnt_id:"))


def put_node(target: int, name: str, make: Maker) -> None:
    """Make a link, device or FIFO under `name`, over any file that has it. `make` gets the name to use."""
    try:
        make(name)
    except FileExistsError:
        if is_mounted(target, name):
            raise FailedPrecondition(f'"{name}" cannot be replaced: something is mounted on it') from None
        spare = _spare_name()
        make(spare)
        _replace(target, spare, name)


def make_folder(target: int, name: str) -> int:
    """A descriptor of the folder `name`, made if it is missing."""
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=target)
    try:
        return os.open(name, _FOLDER, dir_fd=target)
    except OSError as error:
        if error.errno not in {errno.ENOTDIR, errno.ELOOP}:
            raise
        raise FailedPrecondition(f'cannot overwrite non-directory "{name}" with a directory') from error


def _fill(run: Placing, source: int, target: int, path: str, depth: int) -> None:
    if depth > DEPTH:
        raise ResourceExhausted(f"folders are nested deeper than {DEPTH}: {path[:64]}...")
    for name in os.listdir(source):
        try:
            handle = os.open(name, _LINK, dir_fd=source)
        except FileNotFoundError:  # it was removed since
            continue
        try:
            _place(run, handle, target, f"{path}/{name}".lstrip("/"), depth)
        finally:
            os.close(handle)


def _place(run: Placing, handle: int, target: int, path: str, depth: int) -> None:
    found = os.fstat(handle)
    name = path.rpartition("/")[2]
    if stat.S_ISDIR(found.st_mode):
        _place_folder(run, handle, target, path, depth)
    elif stat.S_ISSOCK(found.st_mode):
        return  # nobody listens at a copy
    elif run.keeps and _is_taken(target, name):
        run.placed.setdefault((found.st_dev, found.st_ino), path)
    elif not _link_to_first(run, found, target, path):
        if stat.S_ISREG(found.st_mode):
            source = reopen(handle, os.O_RDONLY | os.O_NONBLOCK)
            try:
                put_file(run, target, name, source)
            finally:
                os.close(source)
        else:
            _place_node(run, handle, found, target, name)
        if found.st_nlink > 1:
            run.placed[found.st_dev, found.st_ino] = path


def _is_taken(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _place_folder(run: Placing, handle: int, target: int, path: str, depth: int) -> None:
    made = make_folder(target, path.rpartition("/")[2])
    try:
        source = reopen(handle, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if depth == 0 or not is_virtual(source):
                _fill(run, source, made, path, depth + 1)
            run.ownership.give_from(source, made)
        finally:
            os.close(source)
    finally:
        os.close(made)


def _place_node(run: Placing, handle: int, found: os.stat_result, target: int, name: str) -> None:
    if stat.S_ISLNK(found.st_mode):
        text = os.readlink("", dir_fd=handle)

        def make(where: str) -> None:
            os.symlink(text, where, dir_fd=target)
            run.ownership.give_named(found, target, where)
    else:

        def make(where: str) -> None:
            os.mknod(where, stat.S_IFMT(found.st_mode) | 0o600, found.st_rdev, dir_fd=target)
            run.ownership.give_named(found, target, where)

    put_node(target, name, make)


def _link_to_first(run: Placing, found: os.stat_result, target: int, path: str) -> bool:
    """Another name of a file that was copied already becomes another name of the copy."""
    first = run.placed.get((found.st_dev, found.st_ino))
    if found.st_nlink < 2 or first is None:
        return False
    folder, _, first_name = first.rpartition("/")
    try:
        beside = open_inside(run.base, folder or ".", os.O_PATH | os.O_DIRECTORY)
    except OSError:  # somebody has moved the folder
        return False
    try:
        put_node(target, path.rpartition("/")[2], lambda name: _link(beside, first_name, target, name))
    except OSError as error:
        if error.errno in {errno.EXDEV, errno.ENOENT, errno.EMLINK, errno.EPERM}:
            return False
        raise
    finally:
        os.close(beside)
    return True


def _link(folder: int, first: str, target: int, name: str) -> None:
    os.link(first, name, src_dir_fd=folder, dst_dir_fd=target, follow_symlinks=False)


def _put_whole(target: int, name: str, steps: Sequence[Filler]) -> None:
    try:
        made = os.open(".", _TEMPORARY, 0o600, dir_fd=target)
        spare = ""
    except OSError as error:
        if error.errno not in _NO_TEMPORARY:
            raise
        spare = _spare_name()
        made = os.open(spare, _NEW, 0o600, dir_fd=target)
    try:
        for step in steps:
            step(made)
        if not spare:
            spare = _named(made, target, name)
    except BaseException:
        if spare:
            os.unlink(spare, dir_fd=target)
        raise
    finally:
        os.close(made)
    if spare:
        _replace(target, spare, name)


def _named(made: int, target: int, name: str) -> str:
    """Give the nameless file its name, or a spare one to replace another file with."""
    for each in (name, _spare_name()):
        try:
            os.link(f"/proc/self/fd/{made}", each, dst_dir_fd=target, follow_symlinks=True)
        except FileExistsError:
            continue
        return "" if each == name else each
    raise FailedPrecondition(f'"{name}" cannot be named')


def _put_in_place(target: int, name: str, write: Filler) -> None:
    made = os.open(name, _IN_PLACE, dir_fd=target)
    try:
        if not stat.S_ISREG(os.fstat(made).st_mode):
            raise FailedPrecondition(f'"{name}" is not a regular file, and something is mounted on it')
        os.ftruncate(made, 0)
        write(made)
    finally:
        os.close(made)


def _replace(target: int, spare: str, name: str) -> None:
    try:
        os.rename(spare, name, src_dir_fd=target, dst_dir_fd=target)
    except OSError as error:
        with suppress(OSError):
            os.unlink(spare, dir_fd=target)
        if error.errno == errno.EISDIR:
            raise FailedPrecondition(f'cannot overwrite directory "{name}" with a non-directory') from error
        raise


def _spare_name() -> str:
    return f".nerdpy-{os.urandom(8).hex()}"
