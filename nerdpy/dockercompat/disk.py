"""Pure: `system df` as docker shows it: the rows of its summary, and the columns of its details."""

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.image import ImageRow
from nerdpy.dockercompat.units import human_size, human_size_3

SUMMARY = (
    ("TYPE", "Type"),
    ("TOTAL", "TotalCount"),
    ("ACTIVE", "Active"),
    ("SIZE", "Size"),
    ("RECLAIMABLE", "Reclaimable"),
)
IMAGES = (
    ("REPOSITORY", "Repository"),
    ("TAG", "Tag"),
    ("IMAGE ID", "ID"),
    ("CREATED", "CreatedSince"),
    ("SIZE", "Size"),
    ("SHARED SIZE", "SharedSize"),
    ("UNIQUE SIZE", "UniqueSize"),
    ("CONTAINERS", "Containers"),
)
CONTAINERS = (
    ("CONTAINER ID", "ID"),
    ("IMAGE", "Image"),
    ("COMMAND", "Command"),
    ("LOCAL VOLUMES", "LocalVolumes"),
    ("SIZE", "Size"),
    ("CREATED", "RunningFor"),
    ("STATUS", "Status"),
    ("NAMES", "Names"),
)
VOLUMES = (("VOLUME NAME", "Name"), ("LINKS", "Links"), ("SIZE", "Size"))
BUILD_CACHE = (
    ("CACHE ID", "ID"),
    ("CACHE TYPE", "CacheType"),
    ("SIZE", "Size"),
    ("CREATED", "CreatedSince"),
    ("LAST USED", "LastUsedSince"),
    ("USAGE", "UsageCount"),
    ("SHARED", "Shared"),
)


@dataclass(frozen=True, kw_only=True)
class DiskRow:
    """One line of the summary."""

    Type: str
    TotalCount: str
    Active: str
    Size: str
    Reclaimable: str


def disk_row(kind: str, count: int, active: int, size: int, reclaimable: int) -> DiskRow:
    """The row of one kind; with a share of the whole where there is a whole."""
    free = human_size(reclaimable)
    return DiskRow(
        Type=kind,
        TotalCount=str(count),
        Active=str(active),
        Size=human_size(size),
        Reclaimable=f"{free} ({reclaimable * 100 // size}%)" if size else free,
    )


def image_sizes(row: ImageRow, size: int, shared: int, users: int) -> ImageRow:
    """The same row with docker's columns of `system df -v`."""
    from nerdpy.dataclass import replace

    return replace(
        row,
        Size=human_size_3(size),
        SharedSize=human_size_3(shared),
        UniqueSize=human_size_3(size - shared),
        Containers=str(users),
    )
