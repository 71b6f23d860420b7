"""How much disk a container takes: its own layer, and all the layers that it stands on."""

from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.model.records import ContainerRecord


def sizes(engine: Engine, record: ContainerRecord) -> tuple[int, int]:
    """(bytes that the container wrote, bytes of all its layers); zeros where the snapshot is gone."""
    if not record.snapshot_key:
        return 0, 0
    snapshots = engine.containerd.snapshots(record.snapshotter)
    try:
        own, _ = snapshots.usage(record.snapshot_key)
        total, parent = own, snapshots.stat(record.snapshot_key).parent
        while parent:
            total += snapshots.usage(parent)[0]
            parent = snapshots.stat(parent).parent
    except NotFound:
        return 0, 0
    return own, total
