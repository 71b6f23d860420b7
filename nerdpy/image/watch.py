"""Looks at a transfer under way: tells others how it goes, and notices when nothing moves any more."""

import math
import time
from collections.abc import Callable

from nerdpy.containerd.transfer_ends import TransferProgress
from nerdpy.dataclass import dataclass
from nerdpy.engine import BlobProgress, Notify, Transferring
from nerdpy.model.descriptor import Digest

STALL = 60.0
"""Seconds without a byte or an event after which a transfer is cancelled and begun again."""
SETTLE = 600.0
"""The same when all is sent: a registry may take its time to check and store a large blob."""
ACTIONS = {"already exists": "exists"}
"""containerd's words that are shown otherwise; the rest stand as they are."""
COMPLETE = {"complete", "exists"}
SHORT = 12
_SAVED = "saved"


@dataclass(frozen=True)
class Direction:
    """How a transfer is called, and its phases: while bytes move, and when they have."""

    verb: str
    moving: str
    settling: str


PULL = Direction("pull", "downloading", "extracting")
PUSH = Direction("push", "pushing", "storing")


class Watch:
    """The listener of a transfer's progress; called in a thread of the transfer."""

    def __init__(
        self,
        notify: Notify,
        reference: str,
        *,
        is_quiet: bool,
        direction: Direction = PULL,
        deadline: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notify = notify
        self._reference = reference
        self._is_quiet = is_quiet
        self.direction = direction
        self._clock = clock
        self._ends_at = clock() + deadline
        self._last: object = None
        self._moved_at = clock()
        self._may_rest = False
        self._has_stalled = False
        self.stalls = 0
        """Attempts that were given up for their silence."""
        self.has_given_up = False
        """Did the last attempt fail for a reason that may be over another time?"""
        self.is_all_here: Callable[[], bool] = lambda: True
        """Asked when a pull whose blobs are all complete is silent: it may unpack, or wait for a layer."""
        self.manifests: tuple[Digest, ...] = ()
        """Those that were fetched, or that are under way."""
        self.blobs: tuple[BlobProgress, ...] = ()
        """The layers, in order of appearance."""
        self.done = 0
        """Bytes of all blobs that were fetched so far."""

    def begin(self) -> None:
        """A new attempt: the time of the last movement is now."""
        self.stalls += self._has_stalled
        self._has_stalled = self.has_given_up = False
        self._moved_at, self._may_rest, self._last = self._clock(), False, None
        self.tell(Transferring(self._reference, "resolving"))

    def __call__(self, progress: list[TransferProgress]) -> None:
        state = [(one.name, one.event, one.done) for one in progress]
        if state == self._last:
            return
        self._last, self._moved_at = state, self._clock()
        everything = [_blob(one) for one in progress if "-sha" in one.name]
        content = [blob for blob in everything if blob.name.startswith(("layer-", "config-"))]
        bound = content if self.direction is PUSH else everything  # manifests are sent when all else is there
        self._may_rest = bool(content) and all(self._is_over(blob) for blob in bound)
        self.done = sum(blob.done for blob in everything)
        self.manifests = tuple(
            Digest(one.name.removeprefix("manifest-")) for one in progress if one.name.startswith("manifest-")
        )
        self.blobs = tuple(_shortened(blob) for blob in everything if blob.name.startswith("layer-"))
        if any(one.event == _SAVED for one in progress):
            return
        way = self.direction
        phase = way.settling if self._may_rest else way.moving if everything else "resolving"
        self.tell(Transferring(self._reference, phase, self.blobs))

    def tell(self, event: Transferring) -> None:
        if not self._is_quiet:
            self._notify(event)

    def is_stalled(self) -> bool:
        """Has nothing moved for too long? What comes when all has moved may take its time silently."""
        if self._has_stalled or self._clock() - self._moved_at <= self.patience:
            return self._has_stalled
        if self._may_rest and self.direction is PULL and self.is_all_here():
            self._moved_at = self._clock()
        else:
            self._has_stalled = True
        return self._has_stalled

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._ends_at - self._clock()

    def is_given_up(self) -> bool:
        """Is it stalled, or past its deadline?"""
        return self.left <= 0 or self.is_stalled()

    def is_unfinished(self) -> bool:
        """Was it given up for a reason that may be over another time, with something done?"""
        return self.has_given_up and self.done > 0

    @property
    def patience(self) -> float:
        """Seconds of silence that are borne at this moment."""
        return SETTLE if self._may_rest and self.direction is PUSH else STALL

    def _is_over(self, blob: BlobProgress) -> bool:
        """Is it here, or, on the way to a registry, sent?"""
        return blob.action in COMPLETE or (self.direction is PUSH and 0 < blob.total == blob.done)


def _blob(progress: TransferProgress) -> BlobProgress:
    action = ACTIONS.get(progress.event, progress.event)
    done = progress.total if action in COMPLETE else progress.done
    return BlobProgress(progress.name, action, done, progress.total)


def _shortened(blob: BlobProgress) -> BlobProgress:
    """Layers are known by the start of their digest."""
    return BlobProgress(blob.name.rpartition(":")[2][:SHORT], blob.action, blob.done, blob.total)
