"""containerd's records in dicts: containers, images, namespaces, leases; and what it says of itself."""

from typing import Any

from grpc import StatusCode

from nerdpy.containerd.api import containers_pb2, images_pb2, leases_pb2, namespaces_pb2
from nerdpy.containerd.api.health_pb2 import HealthCheckRequest, HealthCheckResponse
from nerdpy.containerd.api.introspection_pb2 import PluginsRequest, PluginsResponse, ServerResponse
from nerdpy.containerd.api.version_pb2 import VersionResponse
from tests.fakes.grpc_server import Call, Method, Refused, set_now

Key = tuple[str, str]


def missing(kind: str, key: Key) -> Refused:
    return Refused(StatusCode.NOT_FOUND, f'{kind} "{key[1]}" in namespace "{key[0]}": not found')


def taken(kind: str, name: str) -> Refused:
    return Refused(StatusCode.ALREADY_EXISTS, f'{kind} "{name}": already exists')


def is_wanted(filters: Any, fields: dict[str, str]) -> bool:
    """Of containerd's filters, `field==value` and `field~=...` of nothing: enough for what nerdpy asks."""
    if not filters:
        return True
    return any(all(fields.get(left) == right.strip('"') for left, _, right in _terms(one)) for one in filters)


def _terms(text: str) -> list[tuple[str, str, str]]:
    return [term.partition("==") for term in text.split(",")]


def label_fields(labels: Any) -> dict[str, str]:
    return {f'labels."{key}"': value for key, value in labels.items()} | {
        f"labels.{key}": value for key, value in labels.items()
    }


def merge(old: Any, new: Any, paths: Any) -> None:
    """Apply an update mask: `labels.<key>` deletes where the value is empty; other paths are copied whole."""
    for path in paths:
        head, _, key = path.partition(".")
        if head == "labels" and key:
            old.labels.pop(key, None)
            if new.labels.get(key):
                old.labels[key] = new.labels[key]
        else:
            old.ClearField(head)
            part = type(old)()
            part.CopyFrom(new)
            for field, _ in part.ListFields():
                if field.name != head:
                    part.ClearField(field.name)
            old.MergeFrom(part)


class Containers:
    """`rows[namespace, id]`."""

    def __init__(self) -> None:
        self.rows: dict[Key, Any] = {}

    def methods(self) -> dict[str, Method]:
        service = "/containerd.services.containers.v1.Containers/"
        return {
            service + "Get": Method(self.get, containers_pb2.GetContainerRequest),
            service + "List": Method(self.list, containers_pb2.ListContainersRequest),
            service + "Create": Method(self.create, containers_pb2.CreateContainerRequest),
            service + "Update": Method(self.update, containers_pb2.UpdateContainerRequest),
            service + "Delete": Method(self.delete, containers_pb2.DeleteContainerRequest),
        }

    def _row(self, call: Call, container_id: str) -> Any:
        key = (call.namespace, container_id)
        if key not in self.rows:
            raise missing("container", key)
        return self.rows[key]

    def get(self, request: Any, call: Call) -> Any:
        return containers_pb2.GetContainerResponse(container=self._row(call, request.id))

    def list(self, request: Any, call: Call) -> Any:
        rows = [row for (namespace, _), row in self.rows.items() if namespace == call.namespace]
        found = [
            row for row in rows if is_wanted(request.filters, {"id": row.id, **label_fields(row.labels)})
        ]
        return containers_pb2.ListContainersResponse(containers=found)

    def create(self, request: Any, call: Call) -> Any:
        key = (call.namespace, request.container.id)
        if key in self.rows:
            raise taken("container", request.container.id)
        set_now(request.container.created_at)
        self.rows[key] = request.container
        return containers_pb2.CreateContainerResponse(container=request.container)

    def update(self, request: Any, call: Call) -> Any:
        row = self._row(call, request.container.id)
        merge(row, request.container, request.update_mask.paths)
        return containers_pb2.UpdateContainerResponse(container=row)

    def delete(self, request: Any, call: Call) -> None:
        self._row(call, request.id)
        del self.rows[call.namespace, request.id]


class Images:
    """`rows[namespace, name]`."""

    def __init__(self) -> None:
        self.rows: dict[Key, Any] = {}

    def methods(self) -> dict[str, Method]:
        service = "/containerd.services.images.v1.Images/"
        return {
            service + "Get": Method(self.get, images_pb2.GetImageRequest),
            service + "List": Method(self.list, images_pb2.ListImagesRequest),
            service + "Create": Method(self.create, images_pb2.CreateImageRequest),
            service + "Update": Method(self.update, images_pb2.UpdateImageRequest),
            service + "Delete": Method(self.delete, images_pb2.DeleteImageRequest),
        }

    def _row(self, call: Call, name: str) -> Any:
        if (call.namespace, name) not in self.rows:
            raise missing("image", (call.namespace, name))
        return self.rows[call.namespace, name]

    def get(self, request: Any, call: Call) -> Any:
        return images_pb2.GetImageResponse(image=self._row(call, request.name))

    def list(self, request: Any, call: Call) -> Any:
        rows = [row for (namespace, _), row in self.rows.items() if namespace == call.namespace]
        found = [row for row in rows if is_wanted(request.filters, self._fields(row))]
        return images_pb2.ListImagesResponse(images=found)

    def _fields(self, row: Any) -> dict[str, str]:
        return {"name": row.name, "target.digest": row.target.digest, **label_fields(row.labels)}

    def create(self, request: Any, call: Call) -> Any:
        if (call.namespace, request.image.name) in self.rows:
            raise taken("image", request.image.name)
        set_now(request.image.created_at)
        self.rows[call.namespace, request.image.name] = request.image
        return images_pb2.CreateImageResponse(image=request.image)

    def update(self, request: Any, call: Call) -> Any:
        row = self._row(call, request.image.name)
        merge(row, request.image, request.update_mask.paths or ["target", "labels"])
        return images_pb2.UpdateImageResponse(image=row)

    def delete(self, request: Any, call: Call) -> None:
        row = self._row(call, request.name)
        if request.target.digest and request.target.digest != row.target.digest:
            raise missing("image", (call.namespace, request.name))
        del self.rows[call.namespace, request.name]


class Namespaces:
    """`rows[name]`: labels."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = {}

    def methods(self) -> dict[str, Method]:
        service = "/containerd.services.namespaces.v1.Namespaces/"
        return {
            service + "List": Method(self.list, namespaces_pb2.ListNamespacesRequest),
            service + "Create": Method(self.create, namespaces_pb2.CreateNamespaceRequest),
            service + "Update": Method(self.update, namespaces_pb2.UpdateNamespaceRequest),
            service + "Delete": Method(self.delete, namespaces_pb2.DeleteNamespaceRequest),
        }

    def _namespace(self, name: str) -> Any:
        if name not in self.rows:
            raise Refused(StatusCode.NOT_FOUND, f'namespace "{name}": not found')
        return namespaces_pb2.Namespace(name=name, labels=self.rows[name])

    def list(self, _request: Any, _: Call) -> Any:
        return namespaces_pb2.ListNamespacesResponse(namespaces=[self._namespace(name) for name in self.rows])

    def create(self, request: Any, _: Call) -> Any:
        if request.namespace.name in self.rows:
            raise taken("namespace", request.namespace.name)
        self.rows[request.namespace.name] = dict(request.namespace.labels)
        return namespaces_pb2.CreateNamespaceResponse(namespace=request.namespace)

    def update(self, request: Any, _: Call) -> Any:
        changed = self._namespace(request.namespace.name)
        merge(changed, request.namespace, request.update_mask.paths)
        self.rows[changed.name] = dict(changed.labels)
        return namespaces_pb2.UpdateNamespaceResponse(namespace=changed)

    def delete(self, request: Any, _: Call) -> None:
        self._namespace(request.name)
        del self.rows[request.name]


class Leases:
    """`rows[namespace, id]`: the lease; `resources[namespace, id]`: what it holds."""

    def __init__(self) -> None:
        self.rows: dict[Key, Any] = {}
        self.resources: dict[Key, list[Any]] = {}

    def methods(self) -> dict[str, Method]:
        service = "/containerd.services.leases.v1.Leases/"
        return {
            service + "Create": Method(self.create, leases_pb2.CreateRequest),
            service + "Delete": Method(self.delete, leases_pb2.DeleteRequest),
            service + "List": Method(self.list, leases_pb2.ListRequest),
            service + "AddResource": Method(self.add, leases_pb2.AddResourceRequest),
            service + "DeleteResource": Method(self.remove, leases_pb2.DeleteResourceRequest),
            service + "ListResources": Method(self.list_resources, leases_pb2.ListResourcesRequest),
        }

    def _key(self, call: Call, lease_id: str) -> Key:
        if (call.namespace, lease_id) not in self.rows:
            raise missing("lease", (call.namespace, lease_id))
        return call.namespace, lease_id

    def create(self, request: Any, call: Call) -> Any:
        if (call.namespace, request.id) in self.rows:
            raise taken("lease", request.id)
        lease = leases_pb2.Lease(id=request.id, labels=request.labels)
        set_now(lease.created_at)
        self.rows[call.namespace, request.id] = lease
        self.resources[call.namespace, request.id] = []
        return leases_pb2.CreateResponse(lease=lease)

    def delete(self, request: Any, call: Call) -> None:
        key = self._key(call, request.id)
        del self.rows[key], self.resources[key]

    def list(self, _request: Any, call: Call) -> Any:
        rows = [row for (namespace, _), row in self.rows.items() if namespace == call.namespace]
        return leases_pb2.ListResponse(leases=rows)

    def add(self, request: Any, call: Call) -> None:
        self.resources[self._key(call, request.id)].append(request.resource)

    def remove(self, request: Any, call: Call) -> None:
        self.resources[self._key(call, request.id)].remove(request.resource)

    def list_resources(self, request: Any, call: Call) -> Any:
        return leases_pb2.ListResourcesResponse(resources=self.resources[self._key(call, request.id)])


def server_methods() -> dict[str, Method]:
    """Version, health and introspection: fixed answers."""
    introspection = "/containerd.services.introspection.v1.Introspection/"
    version = VersionResponse(version="v2.1.9", revision="fake")
    return {
        "/containerd.services.version.v1.Version/Version": Method(lambda *_: version, None),
        "/grpc.health.v1.Health/Check": Method(
            lambda *_: HealthCheckResponse(status=HealthCheckResponse.ServingStatus.SERVING),
            HealthCheckRequest,
        ),
        introspection + "Server": Method(lambda *_: ServerResponse(uuid="fake", pid=1), None),
        introspection + "Plugins": Method(lambda *_: PluginsResponse(), PluginsRequest),
    }
