"""containerd.services.images.v1: names, and what they point at."""

from typing import TYPE_CHECKING

from nerdpy.containerd import wire
from nerdpy.containerd.api import images_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.records import ImageRecord

if TYPE_CHECKING:
    from nerdpy.containerd.api.images_pb2 import Image

SERVICE = "/containerd.services.images.v1.Images/"


class Images:
    """`client.images`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(self, name: str) -> ImageRecord:
        request = api.GetImageRequest(name=name)
        return _record(self._calls.unary(SERVICE + "Get", request, api.GetImageResponse).image)

    def list(self, *filters: str) -> list[ImageRecord]:
        """Those that match any filter, such as `name==docker.io/library/busybox:latest` or
        `target.digest==...`."""
        request = api.ListImagesRequest(filters=filters)
        answer = self._calls.unary(SERVICE + "List", request, api.ListImagesResponse)
        return [_record(image) for image in answer.images]

    def create(self, record: ImageRecord) -> ImageRecord:
        request = api.CreateImageRequest(image=_image(record))
        return _record(self._calls.unary(SERVICE + "Create", request, api.CreateImageResponse).image)

    def update(self, record: ImageRecord, *fields: str) -> ImageRecord:
        """Change the fields named (`target`, `labels`, `labels.<key>`); all of them when none is named."""
        request = api.UpdateImageRequest(image=_image(record))
        if fields:
            request.update_mask.paths.extend(fields)
        return _record(self._calls.unary(SERVICE + "Update", request, api.UpdateImageResponse).image)

    def delete(
        self, name: str, *, synchronous: bool = False, target_digest: Descriptor | str | None = None
    ) -> None:
        """Delete the name; `synchronous` waits for the garbage collection that follows.

        With `target_digest`, only while the name still points there (containerd 2.0 and newer; older ones
        ignore it).
        """
        request = api.DeleteImageRequest(name=name, sync=synchronous)
        if isinstance(target_digest, Descriptor):
            request.target.CopyFrom(wire.wire_descriptor(target_digest))
        elif target_digest:
            request.target.digest = target_digest
        self._calls.send(SERVICE + "Delete", request)


def _record(image: "Image") -> ImageRecord:
    return ImageRecord(
        name=image.name,
        target=wire.descriptor_of(image.target),
        labels=dict(image.labels),
        created_at=wire.time_of(image.created_at),
        updated_at=wire.time_of(image.updated_at),
    )


def _image(record: ImageRecord) -> "Image":
    return api.Image(name=record.name, labels=record.labels, target=wire.wire_descriptor(record.target))
