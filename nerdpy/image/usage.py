"""Which containers use which image: by the id that nerdpy noted, else by the image's name."""

from collections.abc import Iterable

from nerdpy import labels
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.model.records import ContainerRecord, ImageRecord


@dataclass(frozen=True)
class Users:
    """All containers of the namespace; `running` are the ids of those that have a living task."""

    containers: tuple[ContainerRecord, ...]
    running: frozenset[str] = frozenset()

    def of(self, records: Iterable[ImageRecord], image_ids: Iterable[str]) -> list[ContainerRecord]:
        """The containers of the one image that has these names and config digests."""
        names, ids = {record.name for record in records}, set(image_ids)
        return [container for container in self.containers if _uses(container, names, ids)]


def _uses(container: ContainerRecord, names: set[str], ids: set[str]) -> bool:
    noted = container.labels.get(labels.IMAGE_ID)
    return noted in ids if noted and ids else container.image in names


def all_users(engine: Engine, *, with_state: bool = False) -> Users:
    """One look at all containers, and at all tasks if their state matters."""
    containers = tuple(engine.containerd.containers.list())
    if not with_state or not containers:
        return Users(containers)
    ended = {"stopped", "created", "unknown"}
    running = (task.id for task in engine.containerd.tasks.list() if task.status not in ended)
    return Users(containers, frozenset(running))
