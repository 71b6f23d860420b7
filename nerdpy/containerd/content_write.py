"""Content.Write: one blob from its first byte to its commit."""

import time
from collections.abc import Iterable, Iterator, Mapping
from queue import SimpleQueue
from typing import TYPE_CHECKING

from nerdpy.containerd.api import content_pb2 as api
from nerdpy.containerd.calls import Answers, Calls
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import NerdpyError, Unavailable

if TYPE_CHECKING:
    from nerdpy.containerd.api.content_pb2 import WriteContentRequest, WriteContentResponse

PATH = "/containerd.services.content.v1.Content/Write"
CHUNK = 1 << 20
"""Bytes of one message."""
LOCKED = " locked for "
"""containerd's word for a ref that another writer has open; one that was cancelled lets go a moment later."""
PAUSES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds to wait before each new attempt at a locked ref."""


@dataclass(frozen=True, kw_only=True)
class Blob:
    """What is to be written."""

    ref: str
    pieces: Iterable[bytes]
    size: int = 0
    digest: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def write(calls: Calls, blob: Blob) -> str:
    """The digest of what was written. An exception of the pieces ends the write and is raised here."""
    for pause in PAUSES:
        try:
            return _Attempt(blob).run(calls)
        except Unavailable as error:
            if LOCKED not in error.message:
                raise
        time.sleep(pause)
    return _Attempt(blob).run(calls)


def is_held(calls: Calls, ref: str) -> bool:
    """Has another writer the ref open, even after a moment? Nothing is written; NotFound is no concern."""
    for pause in (0.0, *PAUSES):
        time.sleep(pause)
        answers = calls.duplex(
            PATH, iter([api.WriteContentRequest(action=api.STAT, ref=ref)]), api.WriteContentResponse
        )
        try:
            list(answers)  # to its end: then the ref is let go again
            return False
        except Unavailable as error:
            if LOCKED not in error.message:
                raise
    return True


class _Attempt:
    """The requests are made in a thread of gRPC's; no piece is taken before containerd has opened the ref."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._is_open: SimpleQueue[bool] = SimpleQueue()
        self._failure: BaseException | None = None
        self._answers: Answers[WriteContentResponse] | None = None

    def run(self, calls: Calls) -> str:
        written = self._blob.digest
        self._answers = calls.duplex(PATH, self._requests(), api.WriteContentResponse)
        try:
            for answer in self._answers:
                self._is_open.put(True)
                written = answer.digest or written
        except NerdpyError:
            if self._failure is None:
                raise
        except BaseException:  # an interrupt: containerd must let the ref go, and no piece more is taken
            self._answers.cancel()
            raise
        finally:
            self._is_open.put(False)
        if self._failure is not None:
            raise self._failure
        return written

    def _requests(self) -> Iterator["WriteContentRequest"]:
        try:
            yield from self._steps()
        except Exception as error:
            self._failure = error
            if self._answers is not None:
                self._answers.cancel()

    def _steps(self) -> Iterator["WriteContentRequest"]:
        """STAT opens the ref; a WRITE at offset 0 cuts off what an earlier attempt left; then COMMIT."""
        blob, offset = self._blob, 0
        yield api.WriteContentRequest(action=api.STAT, ref=blob.ref, total=blob.size, expected=blob.digest)
        if not self._is_open.get():
            return
        for piece in blob.pieces:
            for at in range(0, len(piece), CHUNK):
                part = piece[at : at + CHUNK]
                yield api.WriteContentRequest(
                    action=api.WRITE, ref=blob.ref, total=blob.size, offset=offset, data=part
                )
                offset += len(part)
        yield api.WriteContentRequest(
            action=api.COMMIT,
            ref=blob.ref,
            total=blob.size or offset,
            expected=blob.digest,
            offset=offset,
            labels=blob.labels,
        )
