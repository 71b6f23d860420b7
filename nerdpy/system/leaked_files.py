"""Files and folders of containers that are gone: reservations of names, locks, folders, drafts, intents."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from nerdpy.linux import process
from nerdpy.linux.mount import unmount
from nerdpy.linux.mountinfo import parse_mountinfo
from nerdpy.linux.whole_file import orphaned_drafts
from nerdpy.model.identifier import is_full_id
from nerdpy.system.leak import Leak, Living, container, entries, owned, since, within


def leaked_files(living: Living) -> Iterator[Leak]:
    """Everything of that kind, below the data store and the state store."""
    yield from _folders(living)
    yield from _locks(living)
    yield from _names(living)
    yield from _of_the_dead(living)


def leaked_mounts(living: Living) -> Iterator[Leak]:
    """Mounts below the two stores, and root filesystems of containers that are gone."""
    paths = living.engine.paths
    for point in reversed(parse_mountinfo(Path("/proc/self/mountinfo").read_text())):
        path = Path(point.path)
        owner = ""
        if path.is_relative_to(paths.state):
            owner = _owner_in_state(living, path.relative_to(paths.state).parts)
        elif path.is_relative_to(paths.data):
            owner = _owner_in_data(living, path.relative_to(paths.data).parts)
        elif path.name == "rootfs" and _is_bundle(path.parent):
            owner = _owner_of(living, path.parts[-3], path.parts[-2], must_be_known=True)
        if owner:
            yield Leak(kind="mount", name=point.path, owner=owner, remove=partial(unmount, path))


def leaked_volume_mounts(living: Living) -> Iterator[Leak]:
    """Volumes with driver options that are mounted for containers that are gone, or for nobody."""
    from nerdpy.volume.mounting import leave, users_of_mount

    for namespace in entries(living.engine.paths.volume_mounts.parent):
        own = within(living.engine, namespace.name)
        for path in entries(namespace):
            if path.name[0] == ".":
                continue  # a lock
            users = users_of_mount(own, path.name)
            for user in [one for one in users if is_full_id(one)] if users else [""]:
                if living.has(namespace.name, user):
                    continue
                yield Leak(
                    kind="mount",
                    name=str(path),
                    owner=container(namespace.name, user) if user else f"volume {namespace.name}/{path.name}",
                    since=since(path),
                    remove=partial(leave, own, path.name, user),
                )


def _folders(living: Living) -> Iterator[Leak]:
    paths = living.engine.paths
    mounted = [point.path for point in parse_mountinfo(Path("/proc/self/mountinfo").read_text())]
    for folder in (
        paths.containers.parent,
        paths.stdio("").parent,
        paths.pins("").parent,
        paths.shm("").parent,
    ):
        for namespace, container_id, path in owned(folder):
            if living.has(namespace, container_id) or any(one.startswith(str(path)) for one in mounted):
                continue  # what is mounted in it goes first
            yield Leak(
                kind="folder",
                name=str(path),
                owner=container(namespace, container_id),
                since=since(path),
                remove=partial(living.engine.store.drafts.remove, path),
            )


def _locks(living: Living) -> Iterator[Leak]:
    from nerdpy.linux.flock import is_held

    for namespace, container_id, path in owned(living.engine.paths.lock("").parent):
        if not living.has(namespace, container_id) and not is_held(path):
            yield Leak(
                kind="lock",
                name=str(path),
                owner=container(namespace, container_id),
                since=since(path),
                remove=partial(path.unlink, missing_ok=True),
            )


def _names(living: Living) -> Iterator[Leak]:
    for folder in entries(living.engine.paths.name("").parent):
        names = within(living.engine, folder.name).store.names
        for path in entries(folder):
            if path.name == ".lock":
                continue
            try:
                value = json.loads(path.read_bytes())
                holder, pid, start = str(value["id"]), int(value["pid"]), int(value["start_time"])
            except (OSError, ValueError, TypeError, KeyError):
                holder, pid, start = "", 0, 0  # torn: its writer is dead
            if living.has(folder.name, holder) or process.is_alive(pid, start):
                continue
            yield Leak(
                kind="name",
                name=f"{folder.name}/{path.name}",
                owner=container(folder.name, holder),
                since=since(path),
                remove=partial(names.release, path.name, holder),
            )


def _of_the_dead(living: Living) -> Iterator[Leak]:
    drafts = living.engine.store.drafts
    folders = [path for *_, path in owned(living.engine.paths.containers.parent)]
    beside = [orphaned_drafts(path) for path in (*folders, living.engine.paths.dns)]
    for draft in (*drafts.orphaned(), *chain(*beside)):
        yield Leak(
            kind="draft",
            name=str(draft),
            owner=f"process {draft.name.rpartition('.')[2].partition('-')[0]}",
            since=since(draft),
            remove=partial(drafts.remove, draft),
        )
    for path in entries(living.engine.paths.intents):
        mark = path.name.rpartition(".")[2]
        if not process.is_marked_alive(mark):
            yield Leak(
                kind="intent",
                name=path.name.rpartition(".")[0],
                owner=f"process {mark.partition('-')[0]}",
                since=since(path),
                remove=_left_to_the_sweeper,
            )


def _left_to_the_sweeper() -> None:
    """It alone knows what is to be done about an intent, and has done what could be done now."""


def _owner_in_state(living: Living, parts: tuple[str, ...]) -> str:
    """Empty for what is in use, and for pinned namespaces, which are looked at by themselves."""
    if parts[0] in {"pins", "shm"} and len(parts) > 2:
        return _owner_of(living, parts[1], parts[2])
    if parts[0] == "mounts" and len(parts) > 1 and not process.is_marked_alive(parts[1]):
        return f"process {parts[1].partition('-')[0]}"
    return ""


def _owner_in_data(living: Living, parts: tuple[str, ...]) -> str:
    if parts[0] == "drafts" and len(parts) > 1 and not process.is_marked_alive(parts[1]):
        return f"process {parts[1].partition('-')[0]}"
    if parts[0] == "containers" and len(parts) > 2:
        return _owner_of(living, parts[1], parts[2])
    return ""


def _owner_of(living: Living, namespace: str, container_id: str, *, must_be_known: bool = False) -> str:
    if living.has(namespace, container_id) or (must_be_known and container_id not in living.made_here):
        return ""
    return container(namespace, container_id)


def _is_bundle(folder: Path) -> bool:
    return len(folder.parts) > 4 and folder.parts[-3] == "io.containerd.runtime.v2.task"
