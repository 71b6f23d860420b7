"""Pure: OCI content descriptors (image-spec `descriptor.md`) and platforms as they occur in them."""

from typing import Any, NewType

from nerdpy.dataclass import dataclass, field

Digest = NewType("Digest", str)
"""`algorithm:hex`, as in image-spec `descriptor.md#digests`."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """`os/architecture[/variant]`; the parts are normalised by `model/platform.py`."""

    os: str = "linux"
    architecture: str = "amd64"
    variant: str = ""
    os_version: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """What a blob is called, what is in it, and how many bytes it has."""

    media_type: str
    digest: Digest
    size: int
    platform: Platform | None = None
    annotations: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def from_json(value: dict[str, Any]) -> "Descriptor":
        """A descriptor as it stands in an index or manifest."""
        platform = value.get("platform")
        return Descriptor(
            media_type=value.get("mediaType", ""),
            digest=Digest(value["digest"]),
            size=int(value.get("size", 0)),
            platform=platform_from_json(platform) if platform else None,
            annotations=dict(value.get("annotations") or {}),
        )


def platform_from_json(value: dict[str, Any]) -> Platform:
    """A platform as it stands in an index or an image config."""
    return Platform(
        os=value.get("os", "") or "linux",
        architecture=value.get("architecture", ""),
        variant=value.get("variant", ""),
        os_version=value.get("os.version", ""),
    )
