"""Looks at a transfer under way: tells others how it goes, and notices when nothing moves any more."""

import time
from collections.abc import Callable

from nerdpy.containerd.transfer_ends import TransferProgress
from nerdpy.engine import BlobProgress, Notify, Transferring

STALL = 60.0
"""Seconds without a byte or an event after which a transfer is cancelled and begun again."""
ACTIONS = {"already exists": "exists"}
"""containerd's words that are shown otherwise; the rest stand as they are."""
COMPLETE = {"complete", "exists"}
SHORT = 12
_SAVED = "saved"


class Watch:
    """The listener of a transfer's progress; called in a thread of the transfer."""

    def __init__(
        self,
        notify: Notify,
        reference: str,
        *,
        is_quiet: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notify = notify
        self._reference = reference
        self._is_quiet = is_quiet
        self._clock = clock
        self._last: object = None
        self._moved_at = clock()
        self._may_rest = False
        self.blobs: tuple[BlobProgress, ...] = ()
        """The layers, in order of appearance."""
        self.done = 0
        """Bytes of all blobs that were fetched so far."""

    def begin(self) -> None:
        """A new attempt: the time of the last movement is now."""
        self._moved_at, self._may_rest, self._last = self._clock(), False, None
        self.tell(Transferring(self._reference, "resolving"))

    def __call__(self, progress: list[TransferProgress]) -> None:
        state = [(one.name, one.event, one.done) for one in progress]
        if state == self._last:
            return
        self._last, self._moved_at = state, self._clock()
        everything = [_blob(one) for one in progress if "-sha" in one.name]
        is_whole = any(blob.name.startswith(("layer-", "config-")) for blob in everything)
        self._may_rest = is_whole and all(blob.action in COMPLETE for blob in everything)
        self.done = sum(blob.done for blob in everything)
        self.blobs = tuple(_shortened(blob) for blob in everything if blob.name.startswith("layer-"))
        if any(one.event == _SAVED for one in progress):
            return
        phase = "extracting" if self._may_rest else "downloading" if everything else "resolving"
        self.tell(Transferring(self._reference, phase, self.blobs))

    def tell(self, event: Transferring) -> None:
        if not self._is_quiet:
            self._notify(event)

    def is_stalled(self) -> bool:
        """Has nothing moved for too long? Unpacking, when all is fetched, may take its time silently."""
        return not self._may_rest and self._clock() - self._moved_at > STALL


def _blob(progress: TransferProgress) -> BlobProgress:
    action = ACTIONS.get(progress.event, progress.event)
    done = progress.total if action in COMPLETE else progress.done
    return BlobProgress(progress.name, action, done, progress.total)


def _shortened(blob: BlobProgress) -> BlobProgress:
    """Layers are known by the start of their digest."""
    return BlobProgress(blob.name.rpartition(":")[2][:SHORT], blob.action, blob.done, blob.total)
