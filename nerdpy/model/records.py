"""Pure: containerd's own records, as its API returns them, without its wire types."""

import json
from datetime import datetime
from functools import cached_property
from typing import Any, NewType

from nerdpy.dataclass import dataclass, field
from nerdpy.model.descriptor import Descriptor

ContainerId = NewType("ContainerId", str)
"""64 hex characters for nerdpy's own containers; anything for those of others."""
SnapshotKey = NewType("SnapshotKey", str)


@dataclass(frozen=True, kw_only=True)
class ContainerRecord:
    """`containerd.services.containers.v1.Container`."""

    id: ContainerId
    labels: dict[str, str]
    image: str = ""
    runtime: str = "io.containerd.runc.v2"
    runtime_options: tuple[str, bytes] | None = None
    """Type URL and bytes of the runtime's options, kept as they are."""
    spec_json: bytes = b""
    snapshotter: str = ""
    snapshot_key: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The OCI runtime spec; decoded on first use, for listings need none."""
        loaded: dict[str, Any] = json.loads(self.spec_json) if self.spec_json else {}
        return loaded


@dataclass(frozen=True, kw_only=True)
class TaskStatus:
    """`containerd.v1.types.Process`: a task, or a process exec'd in it."""

    id: str
    pid: int
    status: str
    """`unknown`, `created`, `running`, `stopped`, `paused` or `pausing`."""
    exit_code: int = 0
    exited_at: datetime | None = None
    exec_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ImageRecord:
    """`containerd.services.images.v1.Image`: a name and what it points at."""

    name: str
    target: Descriptor
    labels: dict[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True)
class SnapshotMount:
    """`containerd.types.Mount`: how a snapshotter wants a snapshot mounted."""

    type: str
    source: str
    options: tuple[str, ...] = ()
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class SnapshotInfo:
    """`containerd.services.snapshots.v1.Info`."""

    name: str
    parent: str
    kind: str
    """`view`, `active` or `committed`."""
    labels: dict[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ContainerdEvent:
    """`containerd.types.Envelope`, its payload decoded into plain values."""

    topic: str
    namespace: str
    timestamp: datetime
    payload: dict[str, Any]
