"""A container's files as the container sees them, opened from outside.

Of a running container the root of its first process is held by a descriptor, with all that is mounted in
it. A stopped one's snapshot is mounted in a namespace of our own and its volumes are laid over it, as the
runtime would. Either way paths are resolved by `linux/inside.py` alone, and nothing in there is ever
executed or loaded.
"""

import os
import select
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import Any

from nerdpy.container.find import shown_as
from nerdpy.container.look import look_at
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, InvalidArgument, NotFound, Unavailable
from nerdpy.linux.mount_view import Bind, opened_with_binds
from nerdpy.model.records import ContainerRecord, SnapshotMount
from nerdpy.volume.hold import mounted_for_us

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def opened_root(engine: Engine, record: ContainerRecord) -> Iterator[int]:
    """A descriptor of the root. A container that does not run can't be started meanwhile: two mounts of one
    writable layer would spoil it."""
    with ExitStack() as held:
        root = _root_of_running(engine, record, held)
        if root is None:
            held.enter_context(engine.store.locks.container(record.id))
            root = _root_of_running(engine, record, held)  # it was started while we waited
        if root is None:
            root = held.enter_context(_mounted(engine, record))
        yield root


def layer_mounts(engine: Engine, record: ContainerRecord) -> tuple[SnapshotMount, ...]:
    """How the container's own filesystem is mounted, without its volumes."""
    if record.snapshot_key:
        return engine.containerd.snapshots(record.snapshotter).mounts(record.snapshot_key)
    path = str(record.spec.get("root", {}).get("path", ""))
    if not path.startswith("/"):
        raise NotFound(f"container {shown_as(record)} has no filesystem that could be opened")
    return (SnapshotMount("bind", path, ("rbind", "rw")),)


def _root_of_running(engine: Engine, record: ContainerRecord, held: ExitStack) -> int | None:
    """None when it does not run. The pid is the container's first process for sure: it is held by a pidfd,
    and was asked for again after that."""
    state = look_at(engine, record).state
    if state.status == "unknown":
        raise Unavailable(f"the shim of container {shown_as(record)} does not answer")
    if state.status == "restarting":
        raise FailedPrecondition(
            f"container {shown_as(record)} is restarting", hint="wait until it runs, or stop it"
        )
    if not state.is_running:
        return None
    try:
        process = os.pidfd_open(state.pid)
        held.callback(os.close, process)
        if look_at(engine, record).state.pid != state.pid:
            return _root_of_running(engine, record, held)
        namespace = os.open(f"/proc/{state.pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        held.callback(os.close, namespace)  # so that its mounts stay, should it end
        root = os.open(f"/proc/{state.pid}/root", _DIRECTORY)
        held.callback(os.close, root)
    except (ProcessLookupError, FileNotFoundError):
        return _root_of_running(engine, record, held)
    return root if not _has_ended(process) else _root_of_running(engine, record, held)


def root_ids(record: ContainerRecord) -> tuple[int, int]:
    """Which user and group of this machine the container's root is."""
    linux = record.spec.get("linux") or {}
    return _host_id(linux.get("uidMappings")), _host_id(linux.get("gidMappings"))


def _host_id(mappings: Any) -> int:
    found = [each.get("hostID", 0) for each in mappings or [] if each.get("containerID") == 0]
    return int(found[0]) if found else 0


def _has_ended(process: int) -> bool:
    poll = select.poll()
    poll.register(process, select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _mounted(engine: Engine, record: ContainerRecord) -> Iterator[int]:
    spec = record.spec
    is_read_only = bool(spec.get("root", {}).get("readonly"))
    with mounted_for_us(engine, record):
        binds = [bind for mount in spec.get("mounts") or [] if (bind := _bind(engine, mount)) is not None]
        mounts = layer_mounts(engine, record)
        with opened_with_binds(mounts, binds, engine.paths.mounts, is_read_only=is_read_only) as root:
            yield root


def _bind(engine: Engine, mount: dict[str, Any]) -> Bind | None:
    """What the runtime would bind there; None for filesystems of the kernel's, such as /proc.

    What nerdpy itself mounts for each start (shared memory, images) is like a tmpfs until then.
    """
    options = set(mount.get("options") or [])
    source, target = str(mount.get("source", "")), str(mount.get("destination", ""))
    is_made_by_start = source.startswith(f"{engine.paths.mounts.parent}/") and not os.path.exists(source)
    if mount.get("type") == "tmpfs" or is_made_by_start:
        return Bind(source="", target=target)
    if mount.get("type") != "bind" and not options & {"bind", "rbind"}:
        return None
    if not source.startswith("/") or ".." in PurePosixPath(target).parts:
        raise InvalidArgument(f'the container has a mount that cannot be laid: "{source}" on "{target}"')
    return Bind(
        source=source,
        target=target,
        is_read_only=bool(options & {"ro", "rro"}),
        is_recursive="bind" not in options,
    )
