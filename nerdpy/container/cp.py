"""Copy files between a container and this machine, or a tar stream (docker's `container cp`)."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from nerdpy.container.cp_paths import (
    could_not_find,
    destination_in_container,
    destination_on_host,
    open_folder_in_container,
    open_in_container,
    open_on_host,
    source_of,
)
from nerdpy.container.find import find
from nerdpy.container.remap import maps_of
from nerdpy.container.root import opened_root, root_ids
from nerdpy.container.telling import tell
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine, Warned
from nerdpy.errors import (
    FailedPrecondition,
    InvalidArgument,
    NerdpyError,
    PermissionDenied,
    ResourceExhausted,
)
from nerdpy.linux.copy_data import Told, ignore
from nerdpy.linux.ownership import Ownership
from nerdpy.linux.place import Placing, place, place_contents
from nerdpy.linux.tar_write import TarStream
from nerdpy.model.copy_rule import Destination, Placement, Side
from nerdpy.model.copy_rule import place as placement_of
from nerdpy.model.shift import Shift


@dataclass(frozen=True, kw_only=True)
class CopyOptions:
    """The flags, and who listens."""

    keeps_owners: bool = False
    follows_link: bool = False
    told: Told = ignore


def check_sides(source: Side, destination: Side) -> None:
    """docker's refusals of what is not between a container and this machine."""
    if source.container and destination.container:
        raise InvalidArgument(
            "copying between containers is not supported",
            hint=f"copy to this machine first, or `nerdpy cp {source.container}:{source.path} - | "
            f"nerdpy cp - {destination.container}:{destination.path}`",
        )
    if not source.container and not destination.container:
        raise InvalidArgument(
            "must specify at least one container source", hint="one side is written CONTAINER:PATH"
        )


def copy_in(engine: Engine, source: Side, destination: Side, options: CopyOptions) -> str:
    """From this machine into a container; where it went, as it is to be told."""
    shown = f"{destination.container}:{destination.path}"
    record = find(engine, destination.container)
    with ExitStack() as held, _explained(shown):
        handle = open_on_host(source.path, follows=options.follows_link)
        held.callback(os.close, handle)
        what = source_of(handle, source.path, source.path, is_of_container=False)
        root = held.enter_context(opened_root(engine, record))
        target = destination_in_container(root, destination.path, shown)
        where = placement_of(what, target)
        folder = open_folder_in_container(root, where.folder, destination.container)
        held.callback(os.close, folder)
        user, group = root_ids(record)
        owner = Ownership(
            keeps_owner=options.keeps_owners,
            user=user,
            group=group,
            trusts=True,
            shift=Shift(maps_of(record)),
        )
        _copy(Placing(folder, owner, options.told), handle, where)
        tell(engine, record, "extract-to-dir")
        return f"{destination.container}:{target.path}"


def copy_out(engine: Engine, source: Side, destination: Side, options: CopyOptions) -> str:
    """From a container to this machine; where it went, as it is to be told."""
    shown = f"{source.container}:{source.path}"
    with ExitStack() as held, _explained(destination.path):
        target = destination_on_host(destination.path)
        record = find(engine, source.container)
        root = held.enter_context(opened_root(engine, record))
        handle = open_in_container(root, source.path, source.container, follows=options.follows_link)
        held.callback(os.close, handle)
        what = source_of(handle, source.path, shown, is_of_container=True)
        where = placement_of(what, target)
        folder = os.open(where.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        held.callback(os.close, folder)
        owner = Ownership(
            keeps_owner=options.keeps_owners,
            user=os.geteuid(),
            group=os.getegid(),
            shift=Shift(maps_of(record), is_inwards=False),
        )
        _copy(Placing(folder, owner, options.told), handle, where)
        tell(engine, record, "archive-path")
        return os.path.abspath(destination.path)


def stream_in(engine: Engine, stream: IO[bytes], destination: Side, options: CopyOptions) -> str:
    """Unpack a tar stream into a folder of a container. Owners are those that the archive names."""
    from nerdpy.linux.tar_read import CUT_OFF, Unpacking, unpack

    shown = f"{destination.container}:{destination.path}"
    record = find(engine, destination.container)
    with ExitStack() as held, _explained(shown):
        root = held.enter_context(opened_root(engine, record))
        target = destination_in_container(root, destination.path, shown)
        _check_folder(target, destination)
        os.close(open_folder_in_container(root, target.path, destination.container))
        if not unpack(Unpacking(root, target.path, options.told, Shift(maps_of(record))), stream):
            engine.notify(Warned(CUT_OFF))
        tell(engine, record, "extract-to-dir")
        return f"{destination.container}:{target.path}"


def stream_out(engine: Engine, source: Side, out: int, options: CopyOptions) -> None:
    """Write a file or folder of a container as a tar stream to the open file `out`."""
    record = find(engine, source.container)
    with ExitStack() as held, _explained("-"):
        root = held.enter_context(opened_root(engine, record))
        handle = open_in_container(root, source.path, source.container, follows=options.follows_link)
        held.callback(os.close, handle)
        what = source_of(handle, source.path, source.path, is_of_container=True)
        stream = TarStream(out, options.told, Shift(maps_of(record), is_inwards=False))
        stream.add(handle, "." if what.is_contents else what.name)
        stream.finish()
        tell(engine, record, "archive-path")


def stdin() -> IO[bytes]:
    """The stream that `-` as a source means."""
    return sys.stdin.buffer


def _copy(run: Placing, handle: int, where: Placement) -> None:
    if where.name:
        place(run, handle, where.name)
    else:
        place_contents(run, handle)


def _check_folder(target: Destination, side: Side) -> None:
    if not target.exists:
        raise could_not_find(side.path, side.container)
    if not target.is_folder:
        raise InvalidArgument(
            f'destination "{target.shown}" must be a directory', hint="a tar stream is unpacked into a folder"
        )


@contextmanager
def _explained(shown: str) -> Iterator[None]:
    """What the kernel refuses, in words."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _translated(error, shown) from error


def _translated(error: OSError, shown: str) -> NerdpyError:
    what = f'cannot copy to "{shown}": {(error.strerror or str(error)).lower()}'
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EMFILE}:
        return ResourceExhausted(what)
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return PermissionDenied(what)
    return FailedPrecondition(what)
