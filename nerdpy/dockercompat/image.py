"""Pure: images as docker shows them: the rows of `images`, the JSON of `image inspect`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.row import Row

NONE = "<none>"
PARENT = "org.mobyproject.image.parent"
"""Label in an image's config: the image that it was committed from, as nerdctl writes it."""
NOT_COUNTED = "N/A"

OVERVIEW = (
    ("IMAGE", "Image"),
    ("ID", "ID"),
    ("DISK USAGE", "DiskUsage"),
    ("CONTENT SIZE", "ContentSize"),
    ("EXTRA", "Extra"),
)
"""docker's view since version 29."""
NAMES = (("REPOSITORY", "Repository"), ("TAG", "Tag"))
FULL_NAME = (("NAME", "Name"),)
DIGEST = (("DIGEST", "Digest"),)
FACTS = (("IMAGE ID", "ID"), ("CREATED", "CreatedSince"), ("SIZE", "Size"))
WIDE = (("PLATFORM", "Platform"), ("BLOB SIZE", "BlobSize"))


@dataclass(frozen=True, kw_only=True)
class ImageRow(Row):
    """One line of `images`; docker's fields, and nerdctl's Name, BlobSize and Platform."""

    ID: str
    Image: str
    Repository: str = NONE
    Tag: str = NONE
    Digest: str = NONE
    Name: str = ""
    CreatedAt: str = NOT_COUNTED
    CreatedSince: str = NOT_COUNTED
    Size: str = NOT_COUNTED
    BlobSize: str = NOT_COUNTED
    DiskUsage: str = NOT_COUNTED
    ContentSize: str = NOT_COUNTED
    Containers: str = NOT_COUNTED
    SharedSize: str = NOT_COUNTED
    UniqueSize: str = NOT_COUNTED
    Platform: str = ""
    Extra: str = ""


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """What `image inspect` is made of, looked up already."""

    image_id: str
    tags: Sequence[str]
    digests: Sequence[str]
    config: Mapping[str, Any]
    """The image's config (image-spec `config.md`)."""
    descriptor: Mapping[str, Any]
    """Of what the name points at."""
    size: int
    tagged_at: datetime | None
    snapshotter: str = ""


def image_object(facts: ImageFacts) -> dict[str, Any]:
    """One element of `image inspect`."""
    config = facts.config
    labels = (config.get("config") or {}).get("Labels") or {}
    history = config.get("history") or [{}]
    return {
        "Id": facts.image_id,
        "RepoTags": list(facts.tags),
        "RepoDigests": list(facts.digests),
        "Parent": labels.get(PARENT, ""),
        "Comment": history[-1].get("comment", ""),
        "Created": config.get("created", ""),
        "DockerVersion": config.get("docker_version", ""),
        "Author": config.get("author", ""),
        "Config": dict(config.get("config") or {}),
        "Architecture": config.get("architecture", ""),
        "Variant": config.get("variant", ""),
        "Os": config.get("os", ""),
        "Size": facts.size,
        "VirtualSize": facts.size,
        "GraphDriver": {"Data": None, "Name": facts.snapshotter},
        "RootFS": {
            "Type": "layers",
            "Layers": list((config.get("rootfs") or {}).get("diff_ids") or []),
        },
        "Metadata": {"LastTagTime": _moment(facts.tagged_at)},
        "Descriptor": dict(facts.descriptor),
    }


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else "0001-01-01T00:00:00Z"
