"""Which blobs of an image go into an archive, and whether they are here."""

from typing import Any

from nerdpy.containerd.content import Content
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.image import archive_json
from nerdpy.image.archive_wish import Wish
from nerdpy.image.platforms import is_foreign
from nerdpy.image.read import (
    ATTESTATION,
    INDEXES,
    SUBJECT,
    manifests_of,
    own_platform,
    pick_manifest,
    read,
    read_json,
)
from nerdpy.model.descriptor import Descriptor, Platform
from nerdpy.model.platform import best_match
from nerdpy.model.records import ImageRecord


@dataclass(frozen=True)
class Chosen:
    """What of one image goes into the archive."""

    record: ImageRecord
    manifests: tuple[Descriptor, ...]
    """Of images, one for each platform."""
    blobs: dict[str, int]
    """Digest -> bytes."""


def choose(engine: Engine, record: ImageRecord, wish: Wish) -> Chosen:
    """The platforms that were asked for, or all that are here; NotFound when content is missing."""
    content = engine.containerd.content
    if record.target.media_type not in INDEXES:
        for platform in wish.platforms:
            read(engine, record, platform)
        return Chosen(record, (record.target,), _blobs(engine, record, record.target, content))
    blobs: dict[str, int] = {record.target.digest: content.info(record.target.digest).size}
    chosen: list[Descriptor] = []
    for manifest in _candidates(engine, record, wish):
        try:
            blobs |= _blobs(engine, record, manifest, content)
            chosen.append(manifest)
        except NotFound as error:
            if wish.platforms or wish.all_platforms:
                raise _lacking(record, manifest) from error
    if not chosen:
        raise NotFound(f'image "{record.name}" is here for no platform: its content was not fetched')
    for manifest in _attestations(engine, record, chosen):
        try:
            blobs |= _blobs(engine, record, manifest, content)
        except NotFound:
            continue
    return Chosen(record, tuple(chosen), blobs)


def _candidates(engine: Engine, record: ImageRecord, wish: Wish) -> list[Descriptor]:
    if wish.platforms:
        found = [pick_manifest(engine, record, platform) for platform in wish.platforms]
        return list({manifest.digest: manifest for manifest in found}.values())
    return manifests_of(engine, record)


def _lacking(record: ImageRecord, manifest: Descriptor) -> NotFound:
    return NotFound(
        f'image "{record.name}" lacks content for platform {manifest.platform}',
        hint=f"fetch it: `nerdpy pull --platform {manifest.platform} ...`, or choose with --platform",
    )


def _blobs(engine: Engine, record: ImageRecord, manifest: Descriptor, content: Content) -> dict[str, int]:
    """The manifest and all that it needs."""
    value = read_json(engine, manifest.digest, record.name)
    found: dict[str, int] = {manifest.digest: content.info(manifest.digest).size}
    for described in (value.get("config"), *archive_json.objects(value.get("layers"), "a manifest")):
        found |= _blob(archive_json.descriptor(described, "an entry of a manifest"), record, content)
    return found


def _blob(blob: Descriptor, record: ImageRecord, content: Content) -> dict[str, int]:
    try:
        return {blob.digest: content.info(blob.digest).size}
    except NotFound as error:
        if is_foreign(blob):
            return {}
        raise NotFound(
            f'image "{record.name}" lacks content here: {blob.digest[:19]} was not fetched',
            hint=f"pull it again: `nerdpy pull {record.name}`",
        ) from error


def _attestations(engine: Engine, record: ImageRecord, chosen: list[Descriptor]) -> list[Descriptor]:
    index = read_json(engine, record.target.digest, record.name)
    entries = [Descriptor.from_json(entry) for entry in index.get("manifests", [])]
    digests = {manifest.digest for manifest in chosen}
    return [
        entry
        for entry in entries
        if ATTESTATION in entry.annotations and entry.annotations.get(SUBJECT) in digests
    ]


def docker_entry(engine: Engine, chosen: Chosen, tags: list[str]) -> dict[str, Any]:
    """An element of `manifest.json`: docker's format knows one platform, this machine's if it is there."""
    from nerdpy.image.archive_write import blob_path

    offered = [manifest.platform or Platform() for manifest in chosen.manifests]
    manifest = chosen.manifests[best_match(own_platform(), offered) or 0]
    value = read_json(engine, manifest.digest, chosen.record.name)
    return {
        "Config": blob_path(value["config"]["digest"]),
        "RepoTags": tags or None,
        "Layers": [blob_path(layer["digest"]) for layer in value.get("layers", ())],
    }
