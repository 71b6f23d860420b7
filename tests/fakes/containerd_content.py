"""containerd's blobs and snapshots in dicts. Garbage is never collected."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from grpc import StatusCode

from nerdpy.containerd.api import content_pb2, snapshots_pb2
from nerdpy.containerd.api.mount_pb2 import Mount
from tests.fakes.containerd_records import is_wanted, label_fields, merge, missing, taken
from tests.fakes.grpc_server import Call, Method, Refused, set_now

PIECE = 1 << 20


class Content:
    """`blobs[digest]` for all namespaces; `infos[namespace, digest]` is what a namespace may see."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.infos: dict[tuple[str, str], Any] = {}

    def put(self, namespace: str, data: bytes, labels: dict[str, str] | None = None) -> str:
        """Add a blob as tests do; its digest."""
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        info = content_pb2.Info(digest=digest, size=len(data), labels=labels or {})
        set_now(info.created_at)
        self.infos[namespace, digest] = info
        return digest

    def methods(self) -> dict[str, Method]:
        service = "/containerd.services.content.v1.Content/"
        api = content_pb2
        return {
            service + "Info": Method(self.info, api.InfoRequest),
            service + "Update": Method(self.update, api.UpdateRequest),
            service + "List": Method(self.list, api.ListContentRequest, has_many_answers=True),
            service + "Delete": Method(self.delete, api.DeleteContentRequest),
            service + "Read": Method(self.read, api.ReadContentRequest, has_many_answers=True),
            service + "ListStatuses": Method(lambda *_: api.ListStatusesResponse(), api.ListStatusesRequest),
            service + "Write": Method(
                self.write, api.WriteContentRequest, has_many_requests=True, has_many_answers=True
            ),
            service + "Abort": Method(lambda *_: None, api.AbortRequest),
        }

    def _info(self, call: Call, digest: str) -> Any:
        if (call.namespace, digest) not in self.infos:
            raise missing("content", (call.namespace, digest))
        return self.infos[call.namespace, digest]

    def info(self, request: Any, call: Call) -> Any:
        return content_pb2.InfoResponse(info=self._info(call, request.digest))

    def update(self, request: Any, call: Call) -> Any:
        info = self._info(call, request.info.digest)
        merge(info, request.info, request.update_mask.paths)
        return content_pb2.UpdateResponse(info=info)

    def list(self, request: Any, call: Call) -> Iterator[Any]:
        found = [
            info
            for (namespace, _), info in self.infos.items()
            if namespace == call.namespace
            and is_wanted(request.filters, {"digest": info.digest, **label_fields(info.labels)})
        ]
        yield content_pb2.ListContentResponse(info=found)

    def delete(self, request: Any, call: Call) -> None:
        self._info(call, request.digest)
        del self.infos[call.namespace, request.digest]

    def read(self, request: Any, call: Call) -> Iterator[Any]:
        self._info(call, request.digest)
        end = request.offset + request.size if request.size else None
        data = self.blobs[request.digest][request.offset : end]
        for at in range(0, len(data), PIECE):
            yield content_pb2.ReadContentResponse(offset=request.offset + at, data=data[at : at + PIECE])

    def write(self, requests: Iterable[Any], call: Call) -> Iterator[Any]:
        data = b""
        for request in requests:
            if request.expected and (call.namespace, request.expected) in self.infos:
                raise taken("content", request.expected)
            if request.action == content_pb2.STAT:
                yield content_pb2.WriteContentResponse(action=content_pb2.STAT)
                continue
            if request.action == content_pb2.WRITE:
                data = data[: request.offset] + request.data
                yield content_pb2.WriteContentResponse(action=content_pb2.WRITE, offset=len(data))
                continue
            digest = "sha256:" + hashlib.sha256(data).hexdigest()
            if request.expected not in ("", digest):
                raise Refused(StatusCode.FAILED_PRECONDITION, f"unexpected commit digest {digest}")
            self.put(call.namespace, data, dict(request.labels))
            yield content_pb2.WriteContentResponse(action=content_pb2.COMMIT, digest=digest)


class Snapshots:
    """`rows[snapshotter, key]`; mounts are binds of `/snapshots/<key>`."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Any] = {}

    def methods(self) -> dict[str, Method]:
        service = "/containerd.services.snapshots.v1.Snapshots/"
        api = snapshots_pb2
        return {
            service + "Prepare": Method(self.prepare, api.PrepareSnapshotRequest),
            service + "View": Method(self.view, api.ViewSnapshotRequest),
            service + "Mounts": Method(self.mounts, api.MountsRequest),
            service + "Commit": Method(self.commit, api.CommitSnapshotRequest),
            service + "Remove": Method(self.remove, api.RemoveSnapshotRequest),
            service + "Stat": Method(self.stat, api.StatSnapshotRequest),
            service + "Update": Method(self.update, api.UpdateSnapshotRequest),
            service + "List": Method(self.list, api.ListSnapshotsRequest, has_many_answers=True),
            service + "Usage": Method(self.usage, api.UsageRequest),
            service + "Cleanup": Method(lambda *_: None, api.CleanupRequest),
        }

    def _row(self, request: Any, key: str) -> Any:
        if (request.snapshotter, key) not in self.rows:
            raise Refused(StatusCode.NOT_FOUND, f"snapshot {key} does not exist: not found")
        return self.rows[request.snapshotter, key]

    def _make(self, request: Any, kind: Any, options: str) -> list[Mount]:
        if (request.snapshotter, request.key) in self.rows:
            raise taken("snapshot", request.key)
        if request.parent:
            self._row(request, request.parent)
        info = snapshots_pb2.Info(name=request.key, parent=request.parent, kind=kind, labels=request.labels)
        self.rows[request.snapshotter, request.key] = info
        return [self._mount(request.key, options)]

    def _mount(self, key: str, options: str) -> Mount:
        return Mount(type="bind", source=f"/snapshots/{key}", options=[options, "rbind"])

    def prepare(self, request: Any, _: Call) -> Any:
        mounts = self._make(request, snapshots_pb2.ACTIVE, "rw")
        return snapshots_pb2.PrepareSnapshotResponse(mounts=mounts)

    def view(self, request: Any, _: Call) -> Any:
        mounts = self._make(request, snapshots_pb2.VIEW, "ro")
        return snapshots_pb2.ViewSnapshotResponse(mounts=mounts)

    def mounts(self, request: Any, _: Call) -> Any:
        self._row(request, request.key)
        return snapshots_pb2.MountsResponse(mounts=[self._mount(request.key, "rw")])

    def commit(self, request: Any, _: Call) -> None:
        info = self._row(request, request.key)
        if (request.snapshotter, request.name) in self.rows:
            raise taken("snapshot", request.name)
        del self.rows[request.snapshotter, request.key]
        self.rows[request.snapshotter, request.name] = snapshots_pb2.Info(
            name=request.name, parent=info.parent, kind=snapshots_pb2.COMMITTED, labels=request.labels
        )

    def remove(self, request: Any, _: Call) -> None:
        self._row(request, request.key)
        if any(row.parent == request.key for row in self.rows.values()):
            raise Refused(StatusCode.FAILED_PRECONDITION, "cannot remove snapshot with child")
        del self.rows[request.snapshotter, request.key]

    def stat(self, request: Any, _: Call) -> Any:
        return snapshots_pb2.StatSnapshotResponse(info=self._row(request, request.key))

    def update(self, request: Any, _: Call) -> Any:
        info = self._row(request, request.info.name)
        merge(info, request.info, request.update_mask.paths)
        return snapshots_pb2.UpdateSnapshotResponse(info=info)

    def list(self, request: Any, _: Call) -> Iterator[Any]:
        found = [info for (snapshotter, _), info in self.rows.items() if snapshotter == request.snapshotter]
        yield snapshots_pb2.ListSnapshotsResponse(info=found)

    def usage(self, request: Any, _: Call) -> Any:
        self._row(request, request.key)
        return snapshots_pb2.UsageResponse(size=4096, inodes=1)
