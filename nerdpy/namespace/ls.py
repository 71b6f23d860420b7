"""List namespaces, and how much is in each."""

from concurrent.futures import ThreadPoolExecutor

from nerdpy.containerd.namespaces import NamespaceRecord
from nerdpy.dataclass import dataclass, field
from nerdpy.engine import Engine
from nerdpy.namespace.contents import volumes_of, within

_WORKERS = 8


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One namespace; the numbers are 0 where nobody asked for them."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)
    containers: int = 0
    images: int = 0
    volumes: int = 0


def list_namespaces(engine: Engine, *, with_counts: bool = True) -> list[Listed]:
    """All namespaces, by name."""
    records = sorted(engine.containerd.namespaces.list(), key=lambda record: record.name)
    if not with_counts:
        return [Listed(name=record.name, labels=record.labels) for record in records]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(lambda record: _counted(engine, record), records))


def _counted(engine: Engine, record: NamespaceRecord) -> Listed:
    client = engine.containerd.in_namespace(record.name)
    return Listed(
        name=record.name,
        labels=record.labels,
        containers=len(client.containers.list()),
        images=len(client.images.list()),
        volumes=len(volumes_of(within(engine, record.name))),
    )
