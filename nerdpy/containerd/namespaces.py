"""containerd.services.namespaces.v1: containerd's own namespaces, not the kernel's."""

from collections.abc import Mapping

from nerdpy.containerd.api import namespaces_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import NotFound

SERVICE = "/containerd.services.namespaces.v1.Namespaces/"


@dataclass(frozen=True, kw_only=True)
class NamespaceRecord:
    """`containerd.services.namespaces.v1.Namespace`."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)


class Namespaces:
    """`client.namespaces`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(self, name: str) -> NamespaceRecord:
        """By way of List: containerd's own Get answers for names that do not exist, too."""
        for found in self.list():
            if found.name == name:
                return found
        raise NotFound(f'namespace "{name}": not found')

    def list(self) -> list[NamespaceRecord]:
        answer = self._calls.unary(SERVICE + "List", api.ListNamespacesRequest(), api.ListNamespacesResponse)
        return [NamespaceRecord(name=found.name, labels=dict(found.labels)) for found in answer.namespaces]

    def create(self, name: str, labels: Mapping[str, str] | None = None) -> NamespaceRecord:
        request = api.CreateNamespaceRequest(namespace=api.Namespace(name=name, labels=labels or {}))
        made = self._calls.unary(SERVICE + "Create", request, api.CreateNamespaceResponse).namespace
        return NamespaceRecord(name=made.name, labels=dict(made.labels))

    def update(self, name: str, labels: Mapping[str, str | None]) -> NamespaceRecord:
        """Set labels, or delete those whose value is None; the rest stays."""
        changed = {key: value or "" for key, value in labels.items()}
        request = api.UpdateNamespaceRequest(namespace=api.Namespace(name=name, labels=changed))
        request.update_mask.paths.extend(f"labels.{key}" for key in labels)
        found = self._calls.unary(SERVICE + "Update", request, api.UpdateNamespaceResponse).namespace
        return NamespaceRecord(name=found.name, labels=dict(found.labels))

    def delete(self, name: str) -> None:
        """FailedPrecondition while there are containers, images or snapshots in it."""
        self._calls.send(SERVICE + "Delete", api.DeleteNamespaceRequest(name=name))
