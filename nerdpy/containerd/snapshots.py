"""containerd.services.snapshots.v1: the views of filesystems that one snapshotter keeps."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from nerdpy.containerd import wire
from nerdpy.containerd.api import snapshots_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.errors import NotFound
from nerdpy.model.records import SnapshotInfo, SnapshotMount

if TYPE_CHECKING:
    from nerdpy.containerd.api.snapshots_pb2 import Info

SERVICE = "/containerd.services.snapshots.v1.Snapshots/"
KINDS = {api.VIEW: "view", api.ACTIVE: "active", api.COMMITTED: "committed"}


class Snapshots:
    """`client.snapshots(snapshotter)`."""

    def __init__(self, calls: Calls, snapshotter: str) -> None:
        self._calls = calls
        self.snapshotter = snapshotter

    def prepare(
        self, key: str, parent: str, labels: Mapping[str, str] | None = None
    ) -> tuple[SnapshotMount, ...]:
        """A writable snapshot on top of `parent` ("" for an empty one); how to mount it."""
        request = api.PrepareSnapshotRequest(
            snapshotter=self.snapshotter, key=key, parent=parent, labels=labels or {}
        )
        answer = self._calls.unary(SERVICE + "Prepare", request, api.PrepareSnapshotResponse)
        return tuple(wire.mount_of(mount) for mount in answer.mounts)

    def view(
        self, key: str, parent: str, labels: Mapping[str, str] | None = None
    ) -> tuple[SnapshotMount, ...]:
        """A read-only snapshot of `parent`; how to mount it."""
        request = api.ViewSnapshotRequest(
            snapshotter=self.snapshotter, key=key, parent=parent, labels=labels or {}
        )
        answer = self._calls.unary(SERVICE + "View", request, api.ViewSnapshotResponse)
        return tuple(wire.mount_of(mount) for mount in answer.mounts)

    def mounts(self, key: str) -> tuple[SnapshotMount, ...]:
        request = api.MountsRequest(snapshotter=self.snapshotter, key=key)
        answer = self._calls.unary(SERVICE + "Mounts", request, api.MountsResponse)
        return tuple(wire.mount_of(mount) for mount in answer.mounts)

    def commit(self, name: str, key: str, labels: Mapping[str, str] | None = None) -> None:
        """Freeze the active snapshot `key` under `name`."""
        request = api.CommitSnapshotRequest(
            snapshotter=self.snapshotter, name=name, key=key, labels=labels or {}
        )
        self._calls.send(SERVICE + "Commit", request)

    def stat(self, key: str) -> SnapshotInfo:
        request = api.StatSnapshotRequest(snapshotter=self.snapshotter, key=key)
        return _info(self._calls.unary(SERVICE + "Stat", request, api.StatSnapshotResponse).info)

    def exists(self, key: str) -> bool:
        try:
            self.stat(key)
        except NotFound:
            return False
        return True

    def list(self, *filters: str) -> list[SnapshotInfo]:
        request = api.ListSnapshotsRequest(snapshotter=self.snapshotter, filters=filters)
        answers = self._calls.stream(SERVICE + "List", request, api.ListSnapshotsResponse)
        return [_info(info) for answer in answers for info in answer.info]

    def update_labels(self, key: str, labels: Mapping[str, str | None]) -> SnapshotInfo:
        """Set labels, or delete those whose value is None; the rest stays."""
        changed = {name: value or "" for name, value in labels.items()}
        request = api.UpdateSnapshotRequest(
            snapshotter=self.snapshotter, info=api.Info(name=key, labels=changed)
        )
        request.update_mask.paths.extend(f"labels.{name}" for name in labels)
        return _info(self._calls.unary(SERVICE + "Update", request, api.UpdateSnapshotResponse).info)

    def remove(self, key: str) -> None:
        self._calls.send(SERVICE + "Remove", api.RemoveSnapshotRequest(snapshotter=self.snapshotter, key=key))

    def usage(self, key: str) -> tuple[int, int]:
        """Bytes and inodes of this snapshot alone, without its parents."""
        request = api.UsageRequest(snapshotter=self.snapshotter, key=key)
        answer = self._calls.unary(SERVICE + "Usage", request, api.UsageResponse)
        return answer.size, answer.inodes

    def sizes(self, keys: Iterable[str]) -> dict[str, int]:
        """Bytes of each snapshot alone, all asked for at once; 0 for one that is not there (any more)."""
        wanted = list(keys)
        requests = (api.UsageRequest(snapshotter=self.snapshotter, key=key) for key in wanted)
        answers = zip(wanted, self._calls.many(SERVICE + "Usage", requests), strict=True)
        return {
            key: api.UsageResponse.FromString(answer).size if isinstance(answer, bytes) else 0
            for key, answer in answers
        }

    def cleanup(self) -> None:
        """Let the snapshotter remove at once what it would remove some time."""
        self._calls.send(SERVICE + "Cleanup", api.CleanupRequest(snapshotter=self.snapshotter))


def _info(info: "Info") -> SnapshotInfo:
    return SnapshotInfo(
        name=info.name,
        parent=info.parent,
        kind=KINDS.get(info.kind, "unknown"),
        labels=dict(info.labels),
        created_at=wire.time_of(info.created_at),
        updated_at=wire.time_of(info.updated_at),
    )
