"""Pure: checkpoints as docker lists them."""

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.row import Row

COLUMNS = (("CHECKPOINT NAME", "Name"),)


@dataclass(frozen=True, kw_only=True)
class CheckpointRow(Row):
    """One line of `checkpoint ls`."""

    Name: str
