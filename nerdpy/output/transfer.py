"""Pure: a pull or push as lines of text: bars for a terminal, changes for a pipe, one line at the end."""

from collections.abc import Sequence

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.units import human_size
from nerdpy.engine import BlobProgress, Transferring
from nerdpy.output.cells import harmless, width_of

ENDED = {"complete", "exists", "done"}
"""Actions after which nothing more happens to a blob."""
FULL, EMPTY = "━", "─"
NARROW = 40
"""Below so many columns only percentages fit."""
_LONGEST_NAME, _ACTION = 14, 11


@dataclass(frozen=True)
class Pace:
    """How it goes: seconds since the start, and bytes a second now."""

    elapsed: float = 0
    speed: float = 0


def bar_lines(transfer: Transferring, *, width: int, most: int, pace: Pace) -> list[str]:
    """At most `most` lines of at most `width` columns: the whole, then a bar for each blob.

    Where there are too many blobs, those under way are shown first.
    """
    lines = [_headline(transfer, pace)]
    room = max(most - 1, 0)
    shown = list(transfer.blobs)
    if len(shown) > room:
        busy = [blob for blob in shown if blob.action not in ENDED]
        shown = busy[: max(room - 1, 0)]
    lines += [_bar_line(blob, width) for blob in shown]
    hidden = len(transfer.blobs) - len(shown)
    if hidden and room:
        lines.append(f"  and {hidden} more")
    return [clipped(line, width) for line in lines[:most]]


def _headline(transfer: Transferring, pace: Pace) -> str:
    done, total = sizes_of(transfer.blobs)
    parts = [f"{harmless(transfer.reference)}: {transfer.phase}"]
    if total:
        parts.append(f"{human_size(done, digits=3)} of {human_size(total, digits=3)}")
    if pace.speed >= 1 and transfer.phase in {"downloading", "pushing"}:
        parts.append(f"{human_size(pace.speed, digits=3)}/s")
    parts.append(f"{pace.elapsed:.1f}s")
    return "  ".join(parts)


def _bar_line(blob: BlobProgress, width: int) -> str:
    name = clipped(harmless(blob.name), _LONGEST_NAME)
    name += " " * (_LONGEST_NAME - width_of(name))
    share = min(blob.done / blob.total, 1.0) if blob.total > 0 else 0.0
    if blob.action in ENDED:
        return f"  {name} {blob.action}"
    if width < NARROW:
        return f"  {name} {share:4.0%}" if blob.total else f"  {name} {blob.action}"
    text = f"  {name} {blob.action:<{_ACTION}}"
    if not blob.total:
        return text.rstrip()
    amount = f"{human_size(blob.done, digits=3)}/{human_size(blob.total, digits=3)}"
    room = min(width - width_of(text) - len(amount) - 3, 40)
    if room < 5:
        return f"{text} {amount}"
    full = int(share * room)
    return f"{text} {FULL * full}{EMPTY * (room - full)} {amount}"


def clipped(text: str, width: int) -> str:
    """At most `width` columns of `text`."""
    if width_of(text) <= width:
        return text
    kept = ""
    for letter in text:
        if width_of(kept + letter) > width - 1:
            break
        kept += letter
    return kept + "…" if width > 0 else ""


def sizes_of(blobs: Sequence[BlobProgress]) -> tuple[int, int]:
    """Bytes that are there, and bytes that there will be."""
    done = sum(blob.total if blob.action in ENDED else min(blob.done, blob.total) for blob in blobs)
    return done, sum(blob.total for blob in blobs)


def summary(transfer: Transferring, pace: Pace) -> str:
    """The one line that stays."""
    blobs = [blob for blob in transfer.blobs if blob.action != "exists"]
    start = f"{harmless(transfer.reference)}: done"
    if transfer.blobs and not blobs:
        return f"{start}, everything was there already"
    _, total = sizes_of(blobs)
    counted = f"{len(blobs)} blob{'s' * (len(blobs) != 1)}"
    amount = f", {counted}, {human_size(total, digits=3)}" if total else ""
    return f"{start}{amount} in {pace.elapsed:.1f}s"


class Changes:
    """What a pipe is told: each phase and each state of each blob once, whatever the number of looks."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str, str]] = set()

    def lines(self, transfer: Transferring) -> list[str]:
        lines: list[str] = []
        reference = harmless(transfer.reference)
        if transfer.phase != "done" and self._is_new(reference, "", transfer.phase):
            lines.append(f"{reference}: {transfer.phase}")
        for blob in transfer.blobs:
            if blob.action != "waiting" and self._is_new(reference, blob.name, blob.action):
                amount = f" {human_size(blob.total, digits=3)}" if blob.total else ""
                lines.append(f"{harmless(blob.name)}: {blob.action}{amount}")
        return lines

    def _is_new(self, *state: str) -> bool:
        reference, name, action = state
        is_new = (reference, name, action) not in self._said
        self._said.add((reference, name, action))
        return is_new
