"""Which containers use which image: by the id that nerdpy noted, else by the image's name and by what the
container's own layer lies upon. One that has an image mounted uses that, too, as in docker."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property

from nerdpy import labels
from nerdpy.dataclass import dataclass, field
from nerdpy.engine import Engine
from nerdpy.image.stock import Stock
from nerdpy.model.records import ContainerRecord, ImageRecord

_Index = dict[str, list[ContainerRecord]]


@dataclass(frozen=True)
class Users:
    """All containers of the namespace; `running` are the ids of those that have a living task."""

    containers: tuple[ContainerRecord, ...]
    running: frozenset[str] = frozenset()
    parents: Mapping[str, str] = field(default_factory=dict)
    """Snapshot key -> what it lies upon, where a container's snapshots must be asked."""

    def of(
        self, records: Iterable[ImageRecord], image_ids: Iterable[str], tops: Iterable[str] = ()
    ) -> list[ContainerRecord]:
        """The containers of the one image that has these names, config digests and topmost snapshots."""
        if not self.containers:
            return []
        ids = list(image_ids)
        found = [one for image_id in ids for one in self._by_id.get(image_id, ())]
        for record in records:
            named = self._by_name.get(record.name, ())
            found += [one for one in named if not ids or labels.IMAGE_ID not in one.labels]
        found += [one for top in tops for one in self._by_top.get(top, ())]
        return list({one.id: one for one in found}.values())

    def of_image(self, stock: Stock, records: Iterable[ImageRecord]) -> list[ContainerRecord]:
        """The same of one image, some of whose names are given."""
        names = list(records)
        digest = names[0].target.digest
        return self.of(names, stock.configs(digest), stock.tops(digest)) if self.containers else []

    @cached_property
    def _by_id(self) -> _Index:
        return self._indexed(lambda one: [one.labels.get(labels.IMAGE_ID, "")])

    @cached_property
    def _by_name(self) -> _Index:
        return self._indexed(lambda one: [one.image])

    @cached_property
    def _by_top(self) -> _Index:
        return self._indexed(lambda one: [self.parents.get(key, "") for key in telling_snapshots(one)])

    def _indexed(self, keys_of: Callable[[ContainerRecord], Iterable[str]]) -> _Index:
        index: _Index = {}
        for container in self.containers:
            for key in filter(None, keys_of(container)):
                index.setdefault(key, []).append(container)
        return index


def telling_snapshots(container: ContainerRecord) -> list[str]:
    """The keys of those of its snapshots that tell which images it uses: its own where no id was noted, and
    those of mounted images."""
    mounted: list[str] = []
    with suppress(ValueError):
        mounted = list(json.loads(container.labels.get(labels.IMAGE_MOUNTS) or "[]"))
    return mounted if labels.IMAGE_ID in container.labels else [container.snapshot_key, *mounted]


def all_users(engine: Engine, *, with_state: bool = False) -> Users:
    """One look at all containers, and at all tasks if their state matters. Of containers that others made the
    snapshots are looked at, too: their image's name may stand for another image by now."""
    containers = tuple(engine.containerd.containers.list())
    running: frozenset[str] = frozenset()
    if with_state and containers:
        ended = {"stopped", "created", "unknown"}
        running = frozenset(task.id for task in engine.containerd.tasks.list() if task.status not in ended)
    parents = {}
    if any(telling_snapshots(container) for container in containers):
        snapshots = engine.containerd.snapshots(engine.config.snapshotter)
        parents = {snapshot.name: snapshot.parent for snapshot in snapshots.list()}
    return Users(containers, running, parents)
