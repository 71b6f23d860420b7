"""What a leak is, and who there is that things may belong to."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Engine
from nerdpy.model.identifier import is_full_id

if TYPE_CHECKING:
    from nerdpy.model.records import ContainerRecord


@dataclass(frozen=True, kw_only=True)
class Leak:
    """One thing that nerdpy has made and that nobody owns any more."""

    kind: str
    """`address`, `cgroup`, `draft`, `folder`, `intent`, `lease`, `link`, `lock`, `mount`, `name`, `netns`,
    `port`, `process`, `rule`, `snapshot`, `userns` or `zone`."""
    name: str
    owner: str
    """The one that it was made for, as the thing's tag tells it: `container NAMESPACE/ID`, `network NAME`,
    `process PID`."""
    since: datetime | None = field(default=None, compare=False)
    remove: Callable[[], object] = field(compare=False)
    """Takes it away; gone already is fine."""


class Living:
    """The containers of every namespace at one moment, and those that commands are working on.

    Whoever makes a container writes an intent before anything else, so what belongs to neither has no owner.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.at_work = engine.store.intents.at_work()
        client = engine.containerd
        self.records: dict[str, dict[str, ContainerRecord]] = {
            namespace.name: {
                record.id: record for record in client.in_namespace(namespace.name).containers.list()
            }
            for namespace in client.namespaces.list()
        }

    def has(self, namespace: str, container_id: str) -> bool:
        """Is there such a container, or is one being made or taken away?"""
        return container_id in self.records.get(namespace, {}) or (namespace, container_id) in self.at_work

    def is_attached(self, namespace: str, container_id: str) -> bool:
        """May it have something in the network? Not if its record says that it was disconnected."""
        if (namespace, container_id) in self.at_work:
            return True
        if not self.has(namespace, container_id):
            return False
        from nerdpy.network.attachment import load_record

        record = load_record(within(self.engine, namespace).paths.attachment(container_id))
        return record is None or record.state != "detached"

    def is_elsewhere(self, tag: str) -> bool:
        """Does `NAMESPACE-ID` belong to another containerd that keeps its files beside ours?"""
        namespace, _, container_id = tag.rpartition("-")
        return any(
            (store / "containers" / namespace / container_id).exists() for store in self._other("data")
        ) or any((store / "netns" / tag).exists() for store in self._other("state"))

    def _other(self, root: str) -> list[Path]:
        own: Path = getattr(self.engine.paths, root)
        return [path for path in entries(own.parent) if path.name != own.name]

    @cached_property
    def made_here(self) -> dict[str, str]:
        """Containers that nerdpy has made on this engine, as far as anything tells: id -> namespace."""
        paths = self.engine.paths
        found: dict[str, str] = {}
        for folder in (
            paths.containers,
            paths.lock(""),
            paths.stdio(""),
            paths.pins(""),
        ):
            found |= {path.name: namespace for namespace, _, path in owned(folder.parent)}
        for path in (*entries(paths.netns("").parent), *entries(paths.userns("").parent)):
            namespace, _, container_id = path.name.rpartition("-")
            found[container_id] = namespace
        for path in entries(paths.events.parent):
            if path.suffix != ".1":
                journal = within(self.engine, path.name).store.journal.reader()
                found |= {id: path.name for _, kind, _, id, _ in journal.new() if kind == "container"}
                journal.close()
        return {one: where for one, where in found.items() if is_full_id(one)}


def within(engine: Engine, namespace: str) -> Engine:
    """The same engine in another of its namespaces."""
    if namespace == engine.config.namespace:
        return engine
    return Engine(replace(engine.config, namespace=namespace), engine.notify)


def entries(folder: Path) -> list[Path]:
    """What is in a folder, sorted; nothing when there is none."""
    try:
        return sorted(folder / name for name in os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


def owned(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """(namespace, container id, path) of everything that lies as `folder/NAMESPACE/ID`."""
    for namespace in entries(folder):
        yield from ((namespace.name, path.name, path) for path in entries(namespace) if is_full_id(path.name))


def container(namespace: str, container_id: str) -> str:
    """The owner's name in a leak."""
    return f"container {namespace}/{container_id}"


def since(path: Path) -> datetime | None:
    """When the thing at this path was made, or last changed."""
    with suppress(OSError):
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    return None


def started(pid: int) -> datetime | None:
    """When a process was started."""
    from nerdpy.linux.process import age_of

    age = age_of(pid)
    return datetime.now(UTC) - age if age is not None else None
