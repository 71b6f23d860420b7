"""Pure: the rows of `history`, in docker's words."""

from datetime import datetime

from nerdpy.dataclass import dataclass, field
from nerdpy.dockercompat.row import HIDDEN
from nerdpy.dockercompat.units import human_ago, human_size_3, truncated

COLUMNS = (
    ("IMAGE", "ID"),
    ("CREATED", "CreatedSince"),
    ("CREATED BY", "CreatedBy"),
    ("SIZE", "Size"),
    ("COMMENT", "Comment"),
)
MISSING = "<missing>"
UNKNOWN = "N/A"
LONGEST_COMMAND = 45
SHORT_ID = 12


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one instruction did, looked up already."""

    image_id: str = ""
    """Of the newest only."""
    chain_id: str = ""
    """Empty for a step that made no layer."""
    created_at: datetime | None = None
    command: str = ""
    comment: str = ""
    size: int | None = 0
    """Bytes of the layer as it is unpacked; None where it is not."""


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One line; docker's fields, and nerdctl's Snapshot."""

    ID: str
    CreatedAt: str
    CreatedSince: str
    CreatedBy: str
    Size: str
    Comment: str
    Snapshot: str = field(metadata=HIDDEN)


def history_row(step: Step, now: datetime, *, is_human: bool, no_trunc: bool) -> HistoryRow:
    """docker's: times and sizes for humans or for programs, commands and ids cut or whole."""
    created_at = step.created_at.strftime("%Y-%m-%dT%H:%M:%SZ") if step.created_at else UNKNOWN
    command = step.command.replace("\t", " ")
    return HistoryRow(
        ID=_short(step.image_id, no_trunc) or MISSING,
        CreatedAt=created_at,
        CreatedSince=human_ago(step.created_at, now) if is_human else created_at,
        CreatedBy=command if no_trunc else truncated(command, LONGEST_COMMAND),
        Size=_size(step.size, is_human),
        Comment=step.comment,
        Snapshot=_short(step.chain_id, no_trunc) or MISSING,
    )


def _short(digest: str, no_trunc: bool) -> str:
    return digest if no_trunc else digest.partition(":")[2][:SHORT_ID]


def _size(size: int | None, is_human: bool) -> str:
    if size is None:
        return UNKNOWN
    return human_size_3(size) if is_human else str(size)
