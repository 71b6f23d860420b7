"""What fills an empty volume is put together beside it first, and then moved in: a crash leaves the volume
empty, or filled by whoever uses it next.

| a kill while | leaves | and the next use |
|---|---|---|
| it is put together | `.nerdpy-filling` | clears it away, and begins again |
| it moves in | `.nerdpy-filled`, which is whole | moves the rest |
| it is taken back, for it could not all be copied | the same | tries again |

Entries are moved one by one and never over others, for a container may have the empty volume already; the
data's own folder stays the same one, so what it sees is what the others see. What can't be moved, since the
data lies on another filesystem (driver options, a disk mounted on `_data` by hand), is copied by
`linux/place.py`: whoever has the volume may be changing it just then. If that fails, as on a full disk, what
came in goes again, but for what others have changed since.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.linux.copy import copy_attributes, move_new
from nerdpy.linux.ownership import Ownership
from nerdpy.linux.place import Placing, place
from nerdpy.linux.tree import remove_tree
from nerdpy.model.volume_options import is_at_hand
from nerdpy.volume.find import Volume, load_volume
from nerdpy.volume.hold import Held, held_for_removal, held_of
from nerdpy.volume.mounting import unmount_volumes, used

_FILLING, _FILLED = ".nerdpy-filling", ".nerdpy-filled"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def is_empty(held: Held) -> bool:
    """Is nothing in it?"""
    return not os.listdir(held.data)


def is_half_filled(engine: Engine, volume: Volume) -> bool:
    """Was a filler killed, or is one at work, while entries moved in?"""
    return os.path.lexists(engine.paths.volume(volume.name) / _FILLED)


def finish_filling(held: Held) -> None:
    """Go on where a killed filler was: what is whole moves in, what is not is cleared away."""
    _remove(held.folder, _FILLING)
    _move_in(held, goes_on=True)


def settle(engine: Engine, name: str) -> None:
    """Clear up what a killed command has left of its hold on the volume. No server is waited for: what is
    whole moves in there with the next use, and so it does where this fails."""
    unmount_volumes(engine, "")
    volume = load_volume(engine, name)
    if volume is None:
        return
    with suppress(NerdpyError, OSError), ExitStack() as stack:
        folder = stack.enter_context(held_for_removal(engine, name))
        _remove(folder, _FILLING)
        if not is_half_filled(engine, volume) or not is_at_hand(volume.options):
            return
        if volume.options:
            stack.enter_context(used(engine, volume))
        data = os.open(volume.mountpoint, _FOLDER)
        stack.callback(os.close, data)
        finish_filling(held_of(volume, data, folder))


def _move_in(held: Held, *, goes_on: bool) -> None:
    try:
        staged = os.open(_FILLED, _FOLDER, dir_fd=held.folder)
    except FileNotFoundError:
        return
    move = _copied(held, goes_on) if held.is_apart else _moved(held)
    try:
        found = os.fstat(staged)
        for name in os.listdir(staged):
            move(staged, name)
        copy_attributes(staged, held.data)
    except OSError:
        if held.is_apart:
            _take_back(staged, held.data)
            _remove(held.folder, _FILLED)
        raise
    finally:
        os.close(staged)
    _remove(held.folder, _FILLED)
    os.utime(held.data, ns=(found.st_atime_ns, found.st_mtime_ns))


def _moved(held: Held) -> Callable[[int, str], None]:
    def move(staged: int, name: str) -> None:
        with suppress(FileExistsError):
            move_new(staged, held.data, name)

    return move


def _copied(held: Held, goes_on: bool) -> Callable[[int, str], None]:
    """What stands there already is left alone; but a folder may be half of what a killed filler copied."""
    run = Placing(held.data, Ownership(keeps_owner=True, trusts=True), keeps=True)
    there = set() if goes_on else set(os.listdir(held.data))

    def copy(staged: int, name: str) -> None:
        if name in there:
            return
        handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=staged)
        try:
            place(run, handle, name)
        finally:
            os.close(handle)

    return copy


def _take_back(staged: int, folder: int) -> None:
    """Out of the folder goes what was copied from the other one; what has changed since is somebody's."""
    for name in os.listdir(staged):
        with suppress(OSError):
            copied, there = (os.stat(name, dir_fd=one, follow_symlinks=False) for one in (staged, folder))
            if stat.S_ISDIR(copied.st_mode) and stat.S_ISDIR(there.st_mode):
                with ExitStack() as stack:
                    below = [os.open(name, _FOLDER, dir_fd=one) for one in (staged, folder)]
                    for descriptor in below:
                        stack.callback(os.close, descriptor)
                    _take_back(*below)
                os.rmdir(name, dir_fd=folder)
            elif _is_same(copied, there):
                os.unlink(name, dir_fd=folder)


def _is_same(one: os.stat_result, other: os.stat_result) -> bool:
    kinds = stat.S_IFMT(one.st_mode), one.st_size, one.st_mtime_ns
    return kinds == (stat.S_IFMT(other.st_mode), other.st_size, other.st_mtime_ns)


@contextmanager
def staging(held: Held) -> Iterator[int]:
    """An empty folder, with the attributes of the volume's; what it holds when the block ends, and its
    attributes, become the volume's. If the block fails nothing is changed."""
    _remove(held.folder, _FILLING)
    os.mkdir(_FILLING, 0o700, dir_fd=held.folder)
    try:
        staged = os.open(_FILLING, _FOLDER, dir_fd=held.folder)
        try:
            copy_attributes(held.data, staged)
            yield staged
        finally:
            os.close(staged)
    except BaseException:
        _remove(held.folder, _FILLING)
        raise
    os.rename(_FILLING, _FILLED, src_dir_fd=held.folder, dst_dir_fd=held.folder)
    _move_in(held, goes_on=False)


def _remove(folder: int, name: str) -> None:
    """By descriptors: links inside lead nowhere."""
    with suppress(FileNotFoundError):
        remove_tree(folder, name)
