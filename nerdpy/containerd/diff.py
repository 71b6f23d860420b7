"""containerd.services.diff.v1: layers from filesystems, and filesystems from layers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from nerdpy.containerd import wire
from nerdpy.containerd.api import diff_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.records import SnapshotMount

SERVICE = "/containerd.services.diff.v1.Diff/"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DEADLINE = timedelta(hours=1)
"""Gigabytes may have to be read and written."""


class Diff:
    """`client.diff`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls.within(max(calls.deadline, DEADLINE))

    def apply(
        self, layer: Descriptor, mounts: Sequence[SnapshotMount], *, is_synced: bool = False
    ) -> Descriptor:
        """Unpack a layer on mounts; the descriptor of the layer unpacked, whose digest is its diff id."""
        request = api.ApplyRequest(
            diff=wire.wire_descriptor(layer), mounts=wire.wire_mounts(mounts), sync_fs=is_synced
        )
        answer = self._calls.unary(SERVICE + "Apply", request, api.ApplyResponse)
        return wire.descriptor_of(answer.applied)

    def diff(
        self,
        left: Sequence[SnapshotMount],
        right: Sequence[SnapshotMount],
        *,
        media_type: str = LAYER,
        ref: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> Descriptor:
        """Make a layer of what is different on the right; its blob's label containerd.io/uncompressed has the
        diff id."""
        request = api.DiffRequest(
            left=wire.wire_mounts(left),
            right=wire.wire_mounts(right),
            media_type=media_type,
            ref=ref,
            labels=labels or {},
        )
        return wire.descriptor_of(self._calls.unary(SERVICE + "Diff", request, api.DiffResponse).diff)
