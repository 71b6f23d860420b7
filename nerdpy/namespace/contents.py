"""What is in a namespace: what containerd keeps there, and what nerdpy keeps beside it."""

import os
from collections.abc import Iterable
from pathlib import Path

from nerdpy.cni.conflist import network_files
from nerdpy.dataclass import dataclass, replace
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError

SNAPSHOTTER = "io.containerd.snapshotter.v1"
_NAMED = 3
"""How many things of one kind are called by their names."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The names of what is there, by kind."""

    containers: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    snapshots: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    leases: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.is_needed, self.snapshots, self.content))

    @property
    def is_needed(self) -> bool:
        """Is there anything that only its user can remove? Snapshots and content alone are collected."""
        return any((self.containers, self.tasks, self.images, self.leases, self.volumes, self.networks))

    def __str__(self) -> str:
        """`2 containers (a, b), 1 image (x) and 5 snapshots`."""
        kinds = (
            _counted("container", self.containers),
            _counted("task", self.tasks),
            _counted("image", self.images),
            _counted("snapshot", self.snapshots, is_named=False),
            _counted("blob", self.content, is_named=False),
            _counted("lease", self.leases),
            _counted("volume", self.volumes),
            _counted("network", self.networks),
        )
        texts = [text for text in kinds if text]
        return " and ".join(filter(None, (", ".join(texts[:-1]), *texts[-1:])))


def _counted(word: str, names: tuple[str, ...], *, is_named: bool = True) -> str:
    if not names:
        return ""
    shown = [*names[:_NAMED], *(["..."] if len(names) > _NAMED else [])]
    return f"{len(names)} {word}{'s' if len(names) > 1 else ''}" + (
        f" ({', '.join(shown)})" if is_named else ""
    )


def look_into(engine: Engine, namespace: str) -> Contents:
    """One look at everything in it."""
    there = within(engine, namespace)
    client = there.containerd
    return Contents(
        containers=tuple(_name_of(record.labels, record.id) for record in client.containers.list()),
        tasks=tuple(task.id[:12] for task in client.tasks.list()),
        images=tuple(record.name for record in client.images.list()),
        snapshots=tuple(_snapshots(there)),
        content=tuple(blob.digest for blob in client.content.list()),
        leases=tuple(lease.id for lease in client.leases.list()),
        volumes=tuple(volumes_of(there)),
        networks=tuple(path.stem.removeprefix("nerdctl-") for path in networks_of(there)),
    )


def within(engine: Engine, namespace: str) -> Engine:
    """The same engine, seen from another namespace."""
    return Engine(replace(engine.config, namespace=namespace), engine.notify)


def volumes_of(engine: Engine) -> list[str]:
    """The names of the volumes that nerdpy keeps for the engine's namespace."""
    try:
        return sorted(entry.name for entry in os.scandir(engine.paths.volumes) if entry.is_dir())
    except FileNotFoundError:
        return []


def networks_of(engine: Engine) -> list[Path]:
    """The files of the networks that only the engine's namespace sees."""
    return network_files(engine.cni.netconf / engine.config.namespace)


def _name_of(labels: dict[str, str], container_id: str) -> str:
    from nerdpy.labels import NAME

    return labels.get(NAME) or container_id[:12]


def _snapshots(engine: Engine) -> Iterable[str]:
    for plugin in engine.containerd.introspection.plugins(f"type=={SNAPSHOTTER}"):
        try:
            yield from (found.name for found in engine.containerd.snapshots(plugin.id).list())
        except NerdpyError:  # a snapshotter that did not start keeps nothing that could be asked for
            continue
