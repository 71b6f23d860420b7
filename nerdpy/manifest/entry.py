"""Pure: one manifest of a list: which image it is, byte by byte, and for which platform.

Source: OCI image-spec (descriptor.md, image-index.md, manifest.md), docker's image manifest v2, schema 2.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import FailedPrecondition, InvalidArgument, Unavailable
from nerdpy.model.descriptor import Descriptor, Digest
from nerdpy.model.reference import is_digest

DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
PLATFORM = ("architecture", "os", "os.version", "os.features", "variant")
"""The fields of a platform, in the order in which they are written."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A manifest by the name that it was added by."""

    reference: str
    """In full, with tag or digest."""
    media_type: str
    digest: Digest
    platform: Mapping[str, Any]
    """OCI's keys; those that are not known are left out."""
    data: bytes = field(repr=False)

    @property
    def descriptor(self) -> dict[str, Any]:
        """As it stands in a list."""
        platform = {key: self.platform[key] for key in PLATFORM if self.platform.get(key)}
        descriptor = {"mediaType": self.media_type, "size": len(self.data), "digest": self.digest}
        return {**descriptor, "platform": platform} if platform else descriptor

    @property
    def blobs(self) -> list[Descriptor]:
        """Config and layers, but for those that live elsewhere (foreign layers)."""
        value = parse_json(self.data, self.reference)
        found = [value.get("config"), *(value.get("layers") or ())]
        try:
            blobs = [Descriptor.from_json(one) for one in found if one and not one.get("urls")]
        except (LookupError, TypeError, ValueError, AttributeError):
            blobs = []
        if not blobs or not all(is_digest(blob.digest) and blob.size >= 0 for blob in blobs):
            raise Unavailable(f'the manifest of "{self.reference}" is malformed')
        return blobs

    def to_json(self) -> dict[str, Any]:
        """For the file of a list."""
        return {
            "reference": self.reference,
            "mediaType": self.media_type,
            "digest": self.digest,
            "platform": dict(self.platform),
            "data": base64.b64encode(self.data).decode(),
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> "Entry":
        """The reverse; KeyError, TypeError or ValueError when it is none."""
        return Entry(
            reference=str(value["reference"]),
            media_type=str(value["mediaType"]),
            digest=Digest(str(value["digest"])),
            platform=dict(value["platform"]),
            data=base64.b64decode(value["data"], validate=True),
        )


def parse_json(data: bytes, reference: str) -> dict[str, Any]:
    """A manifest, index or config as JSON; Unavailable when the registry sent something else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Unavailable(f'what the registry has for "{reference}" is no manifest')
    return value


def is_list(media_type: str, value: Mapping[str, Any]) -> bool:
    """Is it a list (or index) of manifests, not the manifest of one image?"""
    said = str(value.get("mediaType") or media_type)
    return said in {DOCKER_LIST, OCI_INDEX} or ("manifests" in value and "layers" not in value)


def platform_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The platform that an image's config says."""
    return {key: config[key] for key in PLATFORM if config.get(key)}


def list_type(entries: Sequence[Entry]) -> str:
    """OCI's index where all images are OCI's, docker's list else, which may hold both."""
    return OCI_INDEX if all(entry.media_type == OCI_MANIFEST for entry in entries) else DOCKER_LIST


def list_json(entries: Sequence[Entry]) -> dict[str, Any]:
    """The list as it is pushed and shown."""
    return {
        "schemaVersion": 2,
        "mediaType": list_type(entries),
        "manifests": [entry.descriptor for entry in entries],
    }


def checked_for_push(entry: Entry) -> Entry:
    """The entry, if others can choose it by its platform."""
    if not (entry.platform.get("os") and entry.platform.get("architecture")):
        raise FailedPrecondition(
            f"manifest {entry.reference} must have an OS and Architecture to be pushed to a registry",
            hint=f"`nerdpy manifest annotate --os OS --arch ARCH LIST {entry.reference}`",
        )
    return entry


def refuse_old_schema(media_type: str, value: Mapping[str, Any], reference: str) -> None:
    """docker's manifests before version 2 have no digest of a config, and nobody writes them any more."""
    if value.get("schemaVersion") == 1 or "v1+prettyjws" in media_type:
        raise InvalidArgument(
            f'"{reference}" is a Docker schema 1 image, which is not supported any more',
            hint="convert it: `skopeo copy --format v2s2 docker://OLD docker://NEW`",
        )
