"""Small values that several services share, between the wire and nerdpy.model: times, mounts, descriptors."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from nerdpy.model.descriptor import Descriptor, Digest, Platform
from nerdpy.model.records import SnapshotMount

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

    from nerdpy.containerd.api.descriptor_pb2 import Descriptor as WireDescriptor
    from nerdpy.containerd.api.mount_pb2 import Mount
    from nerdpy.containerd.api.platform_pb2 import Platform as WirePlatform

GO_ZERO_TIME = -62135596800
"""Seconds of Go's zero time.Time, year 1: what containerd sends for "never"."""


def time_of(timestamp: "Timestamp") -> datetime | None:
    """An aware UTC time; None for nothing, for Go's zero time and for the epoch itself."""
    if timestamp.seconds in (0, GO_ZERO_TIME):
        return None
    return datetime.fromtimestamp(timestamp.seconds, UTC).replace(microsecond=timestamp.nanos // 1000)


def mount_of(mount: "Mount") -> SnapshotMount:
    return SnapshotMount(mount.type, mount.source, tuple(mount.options), mount.target)


def wire_mounts(mounts: Iterable[SnapshotMount]) -> "list[Mount]":
    from nerdpy.containerd.api.mount_pb2 import Mount

    return [
        Mount(type=mount.type, source=mount.source, target=mount.target, options=mount.options)
        for mount in mounts
    ]


def descriptor_of(wire: "WireDescriptor") -> Descriptor:
    return Descriptor(
        media_type=wire.media_type,
        digest=Digest(wire.digest),
        size=wire.size,
        annotations=dict(wire.annotations),
    )


def wire_descriptor(descriptor: Descriptor) -> "WireDescriptor":
    from nerdpy.containerd.api.descriptor_pb2 import Descriptor as WireDescriptor

    return WireDescriptor(
        media_type=descriptor.media_type,
        digest=descriptor.digest,
        size=descriptor.size,
        annotations=descriptor.annotations,
    )


def wire_platform(platform: Platform) -> "WirePlatform":
    from nerdpy.containerd.api.platform_pb2 import Platform as WirePlatform

    return WirePlatform(
        os=platform.os,
        architecture=platform.architecture,
        variant=platform.variant,
        os_version=platform.os_version,
    )


def plain(message: Any) -> Any:
    """A message as a dict of its fields, the empty ones too: times become datetimes, an Any its type's
    name."""
    kind = message.DESCRIPTOR.full_name
    if kind == "google.protobuf.Timestamp":
        return time_of(message)
    if kind == "google.protobuf.Any":
        return message.type_url
    return {field.name: _field(field, getattr(message, field.name)) for field in message.DESCRIPTOR.fields}


def _field(field: Any, value: Any) -> Any:
    if field.message_type is None:
        return list(value) if field.is_repeated else value
    if field.message_type.GetOptions().map_entry:
        return dict(value)
    return [plain(one) for one in value] if field.is_repeated else plain(value)
