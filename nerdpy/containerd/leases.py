"""containerd.services.leases.v1: what keeps content and snapshots from garbage collection."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING

from nerdpy.containerd import wire
from nerdpy.containerd.api import leases_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.dataclass import dataclass, field

if TYPE_CHECKING:
    import builtins

SERVICE = "/containerd.services.leases.v1.Leases/"
EXPIRE = "containerd.io/gc.expire"
"""Label: the time (RFC 3339) after which garbage collection takes no notice of the lease."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """`containerd.services.leases.v1.Lease`."""

    id: str
    labels: dict[str, str] = field(default_factory=dict)
    created_at: datetime | None = None


@dataclass(frozen=True)
class LeaseResource:
    """What a lease holds."""

    id: str
    type: str
    """`content`, `snapshots/<snapshotter>`, `ingest` or `image`."""


class Leases:
    """`client.leases`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        lease_id: str = "",
        *,
        expires_in: timedelta | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Lease:
        """A lease of the id given, or of one made up; one that expires can't be forgotten for ever."""
        stamped = dict(labels or {})
        if expires_in is not None:
            stamped[EXPIRE] = (datetime.now(UTC) + expires_in).strftime("%Y-%m-%dT%H:%M:%SZ")
        request = api.CreateRequest(id=lease_id or f"nerdpy-{token_hex(12)}", labels=stamped)
        lease = self._calls.unary(SERVICE + "Create", request, api.CreateResponse).lease
        return Lease(
            id=lease.id, labels=dict(lease.labels) or stamped, created_at=wire.time_of(lease.created_at)
        )

    def delete(self, lease_id: str, *, synchronous: bool = False) -> None:
        """`synchronous` waits for the garbage collection that follows."""
        self._calls.send(SERVICE + "Delete", api.DeleteRequest(id=lease_id, sync=synchronous))

    def collect_garbage(self) -> None:
        """Have containerd collect what nobody needs in this namespace, and wait: the end of a lease starts
        it."""
        self.delete(self.create(expires_in=timedelta(minutes=1)).id, synchronous=True)

    def list(self, *filters: str) -> list[Lease]:
        answer = self._calls.unary(SERVICE + "List", api.ListRequest(filters=filters), api.ListResponse)
        return [
            Lease(id=lease.id, labels=dict(lease.labels), created_at=wire.time_of(lease.created_at))
            for lease in answer.leases
        ]

    def resources(self, lease_id: str) -> "builtins.list[LeaseResource]":
        request = api.ListResourcesRequest(id=lease_id)
        answer = self._calls.unary(SERVICE + "ListResources", request, api.ListResourcesResponse)
        return [LeaseResource(resource.id, resource.type) for resource in answer.resources]

    def add_resource(self, lease_id: str, resource: LeaseResource) -> None:
        wired = api.Resource(id=resource.id, type=resource.type)
        self._calls.send(SERVICE + "AddResource", api.AddResourceRequest(id=lease_id, resource=wired))

    def delete_resource(self, lease_id: str, resource: LeaseResource) -> None:
        wired = api.Resource(id=resource.id, type=resource.type)
        self._calls.send(SERVICE + "DeleteResource", api.DeleteResourceRequest(id=lease_id, resource=wired))
