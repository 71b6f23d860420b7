"""A volume held while its content is read or filled: one filler at a time, and nobody removes it meanwhile.

The lock is a flock on the volume's own folder, which containers never see. Staging folders stand there too.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, NotFound
from nerdpy.linux.place import mount_id
from nerdpy.model.records import ContainerRecord
from nerdpy.model.volume_options import is_in_memory
from nerdpy.volume.find import Volume, get
from nerdpy.volume.mounting import used
from nerdpy.volume.usage import mounted_volumes_of

HOLD_VOLUME = "volume"
"""The intent of a command that fills a volume, or has one mounted for itself."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True)
class Held:
    """A volume that is held, with what it consists of as open folders."""

    volume: Volume
    data: int
    folder: int
    """The volume's own, private to us."""
    is_apart: bool
    """The data lies on another mount than the folder: nothing can be moved from one to the other."""


@contextmanager
def held(engine: Engine, name: str, *, is_shared: bool = False) -> Iterator[Held]:
    """Wait for the volume, and mount it if it must be; NotFound if it is removed meanwhile. Readers may
    share it."""
    with ExitStack() as stack:
        folder = _locked(engine, name, fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX, stack)
        volume = get(engine, name)
        if volume.options or not is_shared:
            intent = engine.store.intents.begin(HOLD_VOLUME, name)
            stack.callback(intent.done)
        if volume.options:
            stack.enter_context(used(engine, volume))
        data = os.open(volume.mountpoint, _FOLDER)
        stack.callback(os.close, data)
        yield held_of(volume, data, folder)


@contextmanager
def mounted_for_us(engine: Engine, record: ContainerRecord) -> Iterator[None]:
    """Have the volumes of a container that does not run mounted for this command, as a start would. What
    lives in memory is left out: whatever came in would be lost at once."""
    with ExitStack() as stack:
        for name in sorted(mounted_volumes_of(engine, record)):
            volume = get(engine, name)
            if volume.options and not is_in_memory(volume.options):
                intent = engine.store.intents.begin(HOLD_VOLUME, name)
                stack.callback(intent.done)
                stack.enter_context(used(engine, volume))
        yield


def held_of(volume: Volume, data: int, folder: int) -> Held:
    """Of a volume that is locked."""
    is_apart = mount_id(data) != mount_id(folder) or os.fstat(data).st_dev != os.fstat(folder).st_dev
    return Held(volume=volume, data=data, folder=folder, is_apart=is_apart)


@contextmanager
def held_for_removal(engine: Engine, name: str) -> Iterator[int]:
    """The volume's folder; Conflict when somebody reads or fills it just now."""
    with ExitStack() as stack:
        try:
            folder = _locked(engine, name, fcntl.LOCK_EX | fcntl.LOCK_NB, stack)
        except BlockingIOError as error:
            raise Conflict(
                f"remove {name}: volume is in use - [a command that reads or fills it]",
                hint="wait for that command, or end it",
            ) from error
        yield folder


def _locked(engine: Engine, name: str, kind: int, stack: ExitStack) -> int:
    path = engine.paths.volume(name)
    while True:
        try:
            folder = os.open(path, _FOLDER)
        except OSError as error:
            raise NotFound(f"no such volume: {name}") from error
        try:
            fcntl.flock(folder, kind)
            if os.path.samestat(os.stat(path), os.fstat(folder)):
                stack.callback(os.close, folder)
                return folder
        except FileNotFoundError:
            pass  # it was removed while we waited
        except BaseException:
            os.close(folder)
            raise
        os.close(folder)
