"""From an image's name in containerd down to the config of one platform (image-spec `image-index.md`,
`manifest.md`)."""

import json
import os
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.image.chain import chain_id
from nerdpy.model.descriptor import Descriptor, Digest, Platform, platform_from_json
from nerdpy.model.platform import best_match, default_platform, normalise
from nerdpy.model.records import ImageRecord
from nerdpy.model.schema1 import schema_1

INDEXES = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
}
SUBJECT = "vnd.docker.reference.digest"
"""Annotation of an attestation: the manifest that it is about."""
ATTESTATION = "vnd.docker.reference.type"
"""Annotation of manifests in an index that are no images."""


@dataclass(frozen=True, kw_only=True)
class LocalImage:
    """One platform of an image whose manifest and config are in the content store."""

    record: ImageRecord
    platform: Platform
    manifest: Descriptor
    config_descriptor: Descriptor
    config: dict[str, Any]
    layers: tuple[Descriptor, ...]

    @property
    def image_id(self) -> Digest:
        """The config's digest, docker's `Id` of an image."""
        return self.config_descriptor.digest

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """Digests of the uncompressed layers, from the bottom up."""
        return tuple(self.config.get("rootfs", {}).get("diff_ids") or ())

    @property
    def chain_id(self) -> str:
        """The key of the committed snapshot of all layers; empty for an image without any."""
        return chain_id(self.diff_ids)


def is_unpacked(engine: Engine, image: LocalImage) -> bool:
    """Is the snapshot there that containers of this image stand on?"""
    return not image.chain_id or engine.containerd.snapshots(engine.config.snapshotter).exists(image.chain_id)


def own_platform() -> Platform:
    """The platform of this machine."""
    return default_platform(os.uname().machine)


def read(engine: Engine, record: ImageRecord, platform: Platform | None = None) -> LocalImage:
    """The best match for `platform` (None: this machine's); NotFound when it, or its content, is not here."""
    manifest = pick_manifest(engine, record, platform)
    content = read_json(engine, manifest.digest, record.name)
    if "config" not in content:
        raise schema_1(record.name) if content.get("schemaVersion") == 1 else _no_image(record, manifest)
    config_descriptor = Descriptor.from_json(content["config"])
    config = read_json(engine, config_descriptor.digest, record.name)
    found = normalise(platform_from_json(config)) if config.get("architecture") else own_platform()
    if platform is not None and best_match(platform, [found], is_strict=True) is None:
        raise _not_for(record, platform)
    return LocalImage(
        record=record,
        platform=found,
        manifest=manifest,
        config_descriptor=config_descriptor,
        config=config,
        layers=tuple(Descriptor.from_json(layer) for layer in content.get("layers", [])),
    )


def pick_manifest(engine: Engine, record: ImageRecord, platform: Platform | None) -> Descriptor:
    """The manifest of the platform asked for; an image that is no index has one only."""
    target = record.target
    if target.media_type not in INDEXES:
        return target
    offered = manifests_of(engine, record)
    platforms = [descriptor.platform or Platform() for descriptor in offered]
    at = best_match(platform or own_platform(), platforms, is_strict=platform is not None)
    if at is None:
        raise _not_for(record, platform or own_platform())
    return offered[at]


def manifests_of(engine: Engine, record: ImageRecord) -> list[Descriptor]:
    """Every image manifest of the index, attestations left out; the target itself where there is no index."""
    if record.target.media_type not in INDEXES:
        return [record.target]
    index = read_json(engine, record.target.digest, record.name)
    found = [Descriptor.from_json(entry) for entry in index.get("manifests", [])]
    return [descriptor for descriptor in found if ATTESTATION not in descriptor.annotations]


def read_json(engine: Engine, digest: str, name: str) -> dict[str, Any]:
    """A manifest, index or config from the content store; NotFound when it was not fetched."""
    try:
        value = json.loads(engine.containerd.content.read(digest))
    except NotFound as error:
        raise NotFound(
            f'image "{name}" lacks content here: {digest[:19]} was not fetched',
            hint="pull it, with --platform where it is for another one",
        ) from error
    except ValueError as error:
        raise InvalidArgument(f'image "{name}" is broken: {digest[:19]} is not JSON') from error
    if not isinstance(value, dict):
        raise InvalidArgument(f'image "{name}" is broken: {digest[:19]} is not a JSON object')
    return value


def _no_image(record: ImageRecord, manifest: Descriptor) -> InvalidArgument:
    return InvalidArgument(f'"{record.name}" is no image: it has no config ({manifest.media_type})')


def _not_for(record: ImageRecord, platform: Platform) -> NotFound:
    return NotFound(
        f'image "{record.name}" is not here for platform {platform}',
        hint=f"pull it with --platform {platform}, if the registry has it",
    )
