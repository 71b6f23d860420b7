"""Volumes with driver options (tmpfs, nfs, a bind, a disk): mounted from the first user's start to the last
one's end.

Below the state root each has a folder with `_data`, the mount, and `users/`, an empty file for each
container that has it (by id) and for each command that reads or fills it (`PID-START`). A lock beside the
folder is held while one comes or goes, so a server that does not answer keeps nobody but its own volume's
users waiting. A reboot takes all that away with the mounts.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NerdpyError, NotFound
from nerdpy.linux import process
from nerdpy.linux.flock import locked
from nerdpy.linux.mount import BIND, RDONLY, REMOUNT, mount, unmount
from nerdpy.linux.mountinfo import is_mount_point
from nerdpy.linux.own_thread import in_own_thread
from nerdpy.model.records import ContainerRecord
from nerdpy.model.volume_options import driver_mount, is_at_hand, without_secrets
from nerdpy.volume.find import DATA, Volume, load_volume
from nerdpy.volume.usage import mounted_volumes_of

_USERS = "users"


def mount_volumes(engine: Engine, record: ContainerRecord) -> None:
    """See that the volumes with options are mounted that the container is about to use."""
    for name in sorted(mounted_volumes_of(engine, record)):
        volume = load_volume(engine, name)
        if volume is None:
            raise NotFound(f"no such volume: {name}", hint="somebody has removed its folder by hand")
        if volume.options:
            use(engine, volume, record.id)


def unmount_volumes(engine: Engine, container_id: str) -> None:
    """The container uses no volume any more. What has no user at all goes too, whoever left it."""
    try:
        names = os.listdir(engine.paths.volume_mounts)
    except FileNotFoundError:
        return
    for name in {name.removeprefix(".") for name in names}:
        users = _users(engine, name)
        if container_id in users or not users:
            leave(engine, name, container_id)


def use(engine: Engine, volume: Volume, user: str) -> None:
    """Mount the volume for `user`, unless it is mounted already; FailedPrecondition in docker's words."""
    with _changing(engine, volume.name):
        users = engine.paths.volume_mount(volume.name) / _USERS
        users.mkdir(parents=True, exist_ok=True, mode=0o700)
        (users / user).touch(mode=0o600)
        try:
            if not is_mount_point(volume.mountpoint):
                volume.mountpoint.mkdir(exist_ok=True, mode=0o755)
                _mount(volume)
        except BaseException:
            _leave(engine, volume.name, user)
            raise


def leave(engine: Engine, name: str, user: str) -> None:
    """`user` needs the volume no more; the last one takes the mount away."""
    with _changing(engine, name):
        _leave(engine, name, user)


@contextmanager
def used(engine: Engine, volume: Volume) -> Iterator[None]:
    """Have it mounted for this command, which has written down that it holds the volume."""
    user = process.mark()
    try:
        use(engine, volume, user)
        yield
    finally:
        with suppress(NerdpyError, OSError):
            leave(engine, volume.name, user)


def users_of_mount(engine: Engine, name: str) -> set[str]:
    """Ids of containers and marks of living commands that have the volume mounted."""
    return _users(engine, name)


@contextmanager
def _changing(engine: Engine, name: str) -> Iterator[None]:
    with locked(engine.paths.volume_mount_lock(name), what=f'volume "{name}"'):
        yield


def _users(engine: Engine, name: str) -> set[str]:
    try:
        found = os.listdir(engine.paths.volume_mount(name) / _USERS)
    except FileNotFoundError:
        return set()
    return {user for user in found if "-" not in user or process.is_marked_alive(user)}


def _leave(engine: Engine, name: str, user: str) -> None:
    folder = engine.paths.volume_mount(name)
    if user:
        (folder / _USERS / user).unlink(missing_ok=True)
    if _users(engine, name):
        return
    while is_mount_point(folder / DATA):
        unmount(folder / DATA)
    with suppress(FileNotFoundError):
        (folder / DATA).rmdir()
    with suppress(FileNotFoundError):
        for dead in os.scandir(folder / _USERS):
            os.unlink(dead)
        (folder / _USERS).rmdir()
    with suppress(FileNotFoundError):
        folder.rmdir()
    engine.paths.volume_mount_lock(name).unlink(missing_ok=True)


def _mount(volume: Volume) -> None:
    wanted = driver_mount(volume.options)
    point = volume.mountpoint
    data = wanted.at(_resolved(wanted.address)) if wanted.address else wanted.data
    kind = "" if wanted.flags & BIND else wanted.type
    try:
        if is_at_hand(volume.options):
            mount(wanted.device, point, kind, wanted.flags, data)
        else:  # ^C is heard while a server is waited for
            in_own_thread(partial(mount, wanted.device, point, kind, wanted.flags, data))
        if wanted.propagation:
            mount("", point, "", wanted.propagation)
        if wanted.flags & BIND and wanted.flags & RDONLY:  # a bind takes its flags in a second call
            mount("", point, "", wanted.flags | REMOUNT)
    except OSError as error:
        raise _explained(volume, error, wanted.flags, data) from error


def _explained(volume: Volume, error: OSError, flags: int, data: str) -> NerdpyError:
    more = f", data: {without_secrets(data)}" if data else ""
    tried = f"mount {volume.options.get('device')}:{volume.mountpoint}, flags: {flags:#x}{more}"
    return FailedPrecondition(
        f'error while mounting volume "{volume.name}": failed to mount local volume: {tried}: '
        f"{(error.strerror or '').lower()}",
        hint=f"`nerdpy volume inspect {volume.name}` shows its options",
    )


def _resolved(address: str) -> str:
    """The server's address, asked for at each mount: it may have changed."""
    import socket

    try:
        found = socket.getaddrinfo(address, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", "") or str(error)
        raise FailedPrecondition(
            f'error resolving passed in network volume address: "{address}": {reason.lower()}'
        ) from error
    return str(found[0][4][0])
