"""Monitors, shims and control groups of containers that are gone."""

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from nerdpy.linux import process
from nerdpy.linux.stray_groups import hierarchies, remove_folder
from nerdpy.system.clear import shims_of
from nerdpy.system.leak import Leak, Living, container, since, started

_PATIENCE = timedelta(seconds=1)


def leaked_processes(living: Living) -> Iterator[Leak]:
    """Monitors hold published ports: a port that nobody can use any more is freed with its monitor."""
    for pid, what, namespace, container_id in (*_monitors(living), *_shims(living)):
        if not living.has(namespace, container_id):
            yield Leak(
                kind="process",
                name=f"{pid} {what}",
                owner=container(namespace, container_id),
                since=started(pid),
                remove=partial(process.end, pid, _PATIENCE),
            )


def leaked_groups(living: Living) -> Iterator[Leak]:
    """Control groups that bear the id of a container of ours."""
    gone = {id for id, namespace in living.made_here.items() if not living.has(namespace, id)}
    for root in sorted(hierarchies()) if gone else ():
        for path, folders, _ in os.walk(root):
            for name in list(folders):
                found = next((id for id in _ids_in(name) if id in gone), None)
                if found is not None:
                    folders.remove(name)
                    folder = Path(path, name)
                    yield Leak(
                        kind="cgroup",
                        name=str(folder),
                        owner=container(living.made_here[found], found),
                        since=since(folder),
                        remove=partial(remove_folder, folder),
                    )


def _ids_in(name: str) -> list[str]:
    return name.removesuffix(".scope").split("-")


def _monitors(living: Living) -> Iterator[tuple[int, str, str, str]]:
    """By the launcher of our own data store, which is a word of their command line."""
    for pid, _ in process.with_word(str(living.engine.paths.monitor_launcher)):
        environment = process.environment_of(pid)
        container_id, namespace = environment.get("CONTAINER_ID"), environment.get("CONTAINER_NAMESPACE")
        if container_id and namespace:
            yield pid, "monitor", namespace, container_id


def _shims(living: Living) -> Iterator[tuple[int, str, str, str]]:
    """Of our own containers only: others use this containerd as well."""
    for pid in shims_of(os.path.realpath(living.engine.config.address.removeprefix("unix://"))):
        words = process.words_of(pid)
        container_id = words[words.index("-id") + 1] if "-id" in words[:-1] else ""
        if container_id in living.made_here:
            yield pid, "shim", living.made_here[container_id], container_id
