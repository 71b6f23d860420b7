"""containerd.services.containers.v1: the metadata objects."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nerdpy.containerd import wire
from nerdpy.containerd.api import containers_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.typeurl import SPEC
from nerdpy.model.records import ContainerId, ContainerRecord

if TYPE_CHECKING:
    from nerdpy.containerd.api.containers_pb2 import Container

SERVICE = "/containerd.services.containers.v1.Containers/"


class Containers:
    """`client.containers`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(self, container_id: str) -> ContainerRecord:
        request = api.GetContainerRequest(id=container_id)
        return _record(self._calls.unary(SERVICE + "Get", request, api.GetContainerResponse).container)

    def list(self, *filters: str) -> list[ContainerRecord]:
        """Those that match any filter, such as `labels."nerdctl/name"==web`; all without filters."""
        request = api.ListContainersRequest(filters=filters)
        answer = self._calls.unary(SERVICE + "List", request, api.ListContainersResponse)
        return [_record(container) for container in answer.containers]

    def create(self, record: ContainerRecord) -> ContainerRecord:
        request = api.CreateContainerRequest(container=_container(record))
        return _record(self._calls.unary(SERVICE + "Create", request, api.CreateContainerResponse).container)

    def update(
        self,
        container_id: str,
        *,
        labels: Mapping[str, str | None] | None = None,
        spec_json: bytes | None = None,
        image: str | None = None,
    ) -> ContainerRecord:
        """Change only what is named. A label of None is deleted; labels not named stay as they are.

        Setting labels touches each key by itself, so two writers of different labels do not undo each other.
        """
        changed = api.Container(id=container_id)
        paths = []
        for key, value in (labels or {}).items():
            paths.append(f"labels.{key}")
            changed.labels[key] = value or ""
        if spec_json is not None:
            paths.append("spec")
            changed.spec.type_url, changed.spec.value = SPEC, spec_json
        if image is not None:
            paths.append("image")
            changed.image = image
        request = api.UpdateContainerRequest(container=changed)
        request.update_mask.paths.extend(paths)
        return _record(self._calls.unary(SERVICE + "Update", request, api.UpdateContainerResponse).container)

    def delete(self, container_id: str) -> None:
        self._calls.send(SERVICE + "Delete", api.DeleteContainerRequest(id=container_id))


def _record(container: "Container") -> ContainerRecord:
    runtime = container.runtime
    options = (runtime.options.type_url, runtime.options.value) if runtime.HasField("options") else None
    return ContainerRecord(
        id=ContainerId(container.id),
        labels=dict(container.labels),
        image=container.image,
        runtime=runtime.name,
        runtime_options=options,
        spec_json=container.spec.value,
        snapshotter=container.snapshotter,
        snapshot_key=container.snapshot_key,
        created_at=wire.time_of(container.created_at),
        updated_at=wire.time_of(container.updated_at),
    )


def _container(record: ContainerRecord) -> "Container":
    container = api.Container(
        id=record.id,
        labels=record.labels,
        image=record.image,
        snapshotter=record.snapshotter,
        snapshot_key=record.snapshot_key,
    )
    container.runtime.name = record.runtime
    if record.runtime_options is not None:
        container.runtime.options.type_url, container.runtime.options.value = record.runtime_options
    if record.spec_json:
        container.spec.type_url, container.spec.value = SPEC, record.spec_json
    return container
