"""containerd.services.content.v1: blobs by digest, and the ingests that become blobs."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from nerdpy.containerd import wire
from nerdpy.containerd.api import content_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.content_write import Blob, is_held, write
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import AlreadyExists, NotFound
from nerdpy.model.descriptor import Digest

if TYPE_CHECKING:
    import builtins

    from nerdpy.containerd.api.content_pb2 import Info

SERVICE = "/containerd.services.content.v1.Content/"
SMALL = 1 << 20
"""Bytes of a blob that `read_many` reads whole."""


@dataclass(frozen=True, kw_only=True)
class BlobInfo:
    """`containerd.services.content.v1.Info`."""

    digest: Digest
    size: int
    labels: dict[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """`containerd.services.content.v1.Status`: a write that is not committed."""

    ref: str
    offset: int
    total: int
    expected: str = ""
    started_at: datetime | None = None
    updated_at: datetime | None = None


class Content:
    """`client.content`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, digest: str, *, offset: int = 0, size: int = 0) -> bytes:
        """A blob, or `size` bytes of it (0: to the end)."""
        return b"".join(self.chunks(digest, offset=offset, size=size))

    def chunks(self, digest: str, *, offset: int = 0, size: int = 0) -> Iterator[bytes]:
        """The same piece by piece, for blobs that memory should not hold."""
        request = api.ReadContentRequest(digest=digest, offset=offset, size=size)
        with self._calls.stream(SERVICE + "Read", request, api.ReadContentResponse) as answers:
            for answer in answers:
                yield answer.data

    def read_many(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Many small blobs at once, configs and manifests; those that are not there are left out.

        A blob of up to a mebibyte is one message of the answer's stream (containerd's `contentserver`), so it
        can be asked for as a call with one answer, which costs a tenth. Of a larger blob only the beginning
        is got: read it by `read`.
        """
        wanted = list(digests)
        requests = (api.ReadContentRequest(digest=digest, size=SMALL) for digest in wanted)
        answers = zip(wanted, self._calls.many(SERVICE + "Read", requests), strict=True)
        return {
            digest: api.ReadContentResponse.FromString(answer).data
            for digest, answer in answers
            if isinstance(answer, bytes)
        }

    def info(self, digest: str) -> BlobInfo:
        request = api.InfoRequest(digest=digest)
        return _info(self._calls.unary(SERVICE + "Info", request, api.InfoResponse).info)

    def exists(self, digest: str) -> bool:
        try:
            self.info(digest)
        except NotFound:
            return False
        return True

    def list(self, *filters: str) -> Iterator[BlobInfo]:
        """All that match any filter; without their times, which nobody asks for and which cost half of it."""
        request = api.ListContentRequest(filters=filters)
        with self._calls.stream(SERVICE + "List", request, api.ListContentResponse) as answers:
            for answer in answers:
                for info in answer.info:
                    yield BlobInfo(digest=Digest(info.digest), size=info.size, labels=dict(info.labels))

    def write(
        self,
        ref: str,
        data: bytes | Iterable[bytes],
        *,
        size: int = 0,
        digest: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> Digest:
        """Write a blob and commit it; its digest. `ref` names the ingest while it goes on.

        What is there already is left as it is, its labels apart. An interrupted ingest of the same ref is
        begun anew.
        """
        pieces: Iterable[bytes] = [data] if isinstance(data, bytes) else data
        total = size or (len(data) if isinstance(data, bytes) else 0)
        blob = Blob(ref=ref, pieces=pieces, size=total, digest=digest, labels=labels or {})
        try:
            return Digest(write(self._calls, blob))
        except AlreadyExists:
            if not digest:
                raise
            if labels:
                self.update_labels(digest, labels)
            return Digest(digest)

    def update_labels(self, digest: str, labels: Mapping[str, str | None]) -> BlobInfo:
        """Set labels, or delete those whose value is None; the rest stays."""
        changed = {name: value or "" for name, value in labels.items()}
        request = api.UpdateRequest(info=api.Info(digest=digest, labels=changed))
        request.update_mask.paths.extend(f"labels.{name}" for name in labels)
        return _info(self._calls.unary(SERVICE + "Update", request, api.UpdateResponse).info)

    def delete(self, digest: str) -> None:
        self._calls.send(SERVICE + "Delete", api.DeleteContentRequest(digest=digest))

    def ingests(self, *filters: str) -> "builtins.list[Ingest]":
        request = api.ListStatusesRequest(filters=filters)
        answer = self._calls.unary(SERVICE + "ListStatuses", request, api.ListStatusesResponse)
        return [
            Ingest(
                ref=status.ref,
                offset=status.offset,
                total=status.total,
                expected=status.expected,
                started_at=wire.time_of(status.started_at),
                updated_at=wire.time_of(status.updated_at),
            )
            for status in answer.statuses
        ]

    def is_held(self, ref: str) -> bool:
        """Does somebody else write this ingest, and has not let go within a few seconds?"""
        return is_held(self._calls, ref)

    def abort(self, ref: str) -> None:
        """Throw an ingest away."""
        self._calls.send(SERVICE + "Abort", api.AbortRequest(ref=ref))


def _info(info: "Info") -> BlobInfo:
    return BlobInfo(
        digest=Digest(info.digest),
        size=info.size,
        labels=dict(info.labels),
        created_at=wire.time_of(info.created_at),
        updated_at=wire.time_of(info.updated_at),
    )
