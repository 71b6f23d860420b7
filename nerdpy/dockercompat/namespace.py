"""Pure: namespaces as nerdctl lists them; docker has none."""

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.row import Row

COLUMNS = (
    ("NAME", "Name"),
    ("CONTAINERS", "Containers"),
    ("IMAGES", "Images"),
    ("VOLUMES", "Volumes"),
    ("LABELS", "Labels"),
)


@dataclass(frozen=True, kw_only=True)
class NamespaceRow(Row):
    """One line of `namespace ls`."""

    Name: str
    Containers: int = 0
    Images: int = 0
    Volumes: int = 0
