"""Which images an archive holds, and under which names: OCI's `index.json` (image-spec `image-layout.md`), or
docker's `manifest.json`, from which manifests are made."""

import re
from datetime import date
from typing import Any

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.image import archive_json
from nerdpy.image.archive_intake import MOST_JSON, Intake, Stored
from nerdpy.linux.packing import kind_of
from nerdpy.model import committed
from nerdpy.model.descriptor import Descriptor, Digest
from nerdpy.model.reference import parse_reference

FULL_NAME = "io.containerd.image.name"
"""Annotation: the whole name, as containerd, BuildKit and docker write it."""
SHORT_NAME = "org.opencontainers.image.ref.name"
"""Annotation: image-spec's; a tag, or what else somebody called it."""
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_LAYERS = {"": "tar", "gzip": "tar+gzip", "zstd": "tar+zstd"}
_LAYER = "application/vnd.oci.image.layer.v1."


@dataclass(frozen=True)
class Found:
    """One image of the archive."""

    target: Descriptor
    names: tuple[str, ...]
    """Full ones; there is always one."""


def images_of(intake: Intake, today: date) -> list[Found]:
    """Every image; what has no name gets `import-YEAR-MONTH-DAY@DIGEST`."""
    if "oci-layout" in intake.texts and "index.json" in intake.texts:
        return _of_layout(intake, today)
    if "manifest.json" in intake.texts:
        return _of_docker(intake, today)
    raise InvalidArgument(
        "this is no archive of images: it has neither index.json nor manifest.json",
        hint="a root filesystem becomes an image by `nerdpy import`",
    )


def _of_layout(intake: Intake, today: date) -> list[Found]:
    layout = archive_json.parsed_object(intake.texts["oci-layout"], "oci-layout")
    if not str(layout.get("imageLayoutVersion", "")).startswith("1."):
        raise InvalidArgument("the archive's image layout is not of version 1")
    index = archive_json.parsed_object(intake.texts["index.json"], "index.json")
    names: dict[str, list[str]] = {}
    targets: dict[str, Descriptor] = {}
    for value in archive_json.objects(index.get("manifests"), "index.json"):
        target = archive_json.descriptor(value, "index.json")
        targets.setdefault(target.digest, target)
        names.setdefault(target.digest, []).extend(_annotated(target, today))
    if not targets:
        raise InvalidArgument("the archive has no image in it")
    return [_found(plain(target), names[digest], today) for digest, target in targets.items()]


def plain(target: Descriptor) -> Descriptor:
    """What a name points at: the annotations and the platform belong to the archive."""
    return Descriptor(media_type=target.media_type, digest=target.digest, size=target.size)


def _annotated(target: Descriptor, today: date) -> list[str]:
    full, short = target.annotations.get(FULL_NAME, ""), target.annotations.get(SHORT_NAME, "")
    if not full and _TAG.match(short):
        full = f"import-{today.isoformat()}:{short}"
    return [name for name in (full or short,) if name]


def _found(target: Descriptor, names: list[str], today: date) -> Found:
    full = dict.fromkeys(_checked(name, target) for name in names)
    return Found(target, tuple(full) or (f"import-{today.isoformat()}@{target.digest}",))


def _checked(name: str, target: Descriptor) -> str:
    reference = parse_reference(name)
    if reference.digest and reference.digest != target.digest:
        raise InvalidArgument(f'the archive lies: "{name}" is not the digest of the image called so')
    return str(reference)


def _of_docker(intake: Intake, today: date) -> list[Found]:
    listed = archive_json.objects(
        archive_json.parsed(intake.texts["manifest.json"], "manifest.json"), "manifest.json"
    )
    if not listed:
        raise InvalidArgument("the archive has no image in it")
    found = []
    for value in listed:
        target = _manifest_of(intake, value)
        found.append(_found(target, archive_json.texts(value.get("RepoTags"), "RepoTags"), today))
    return found


def _manifest_of(intake: Intake, value: dict[str, Any]) -> Descriptor:
    """Write the manifest that docker's format leaves out."""
    path = value.get("Config")
    config = _member(intake, path if isinstance(path, str) else "")
    layers = [_member(intake, path) for path in archive_json.texts(value.get("Layers"), "Layers")]
    _check_layers(diff_ids_of(intake.client, config), layers)
    described = Descriptor(
        media_type=committed.CONFIGS["docker"], digest=Digest(config.digest), size=config.size
    )
    manifest = committed.manifest(described, [_layer(layer) for layer in layers], "docker")
    data, target = committed.encoded(manifest, committed.MANIFESTS["docker"])
    intake.client.content.write(f"nerdpy-{target.digest}", data, digest=target.digest)
    return target


def _member(intake: Intake, path: str) -> Stored:
    stored = intake.find(path)
    if stored is None:
        raise InvalidArgument(f'the archive has no "{path[:200]}", which its manifest.json names')
    return stored


def diff_ids_of(client: Client, config: Stored) -> list[str]:
    """What the config says of the layers."""
    if config.size > MOST_JSON:
        raise InvalidArgument(f"the archive has a config of {config.size} bytes")
    value = archive_json.parsed_object(client.content.read(config.digest), "an image's config")
    root = value.get("rootfs")
    return archive_json.texts(root.get("diff_ids") if isinstance(root, dict) else None, "diff_ids")


def _check_layers(diff_ids: list[str], layers: list[Stored]) -> None:
    if len(diff_ids) != len(layers):
        raise InvalidArgument(
            f"the archive lies: an image has {len(layers)} layers, but its config knows {len(diff_ids)}"
        )
    for diff_id, layer in zip(diff_ids, layers, strict=True):
        if kind_of(layer.head) == "" and diff_id != layer.digest:
            raise InvalidArgument(f"the archive lies: layer {diff_id[:200]} is not what its config says")


def _layer(layer: Stored) -> Descriptor:
    kind = kind_of(layer.head)
    if kind not in _LAYERS:
        raise InvalidArgument(f"the archive has a layer packed by {kind}, which containerd cannot unpack")
    return Descriptor(media_type=_LAYER + _LAYERS[kind], digest=Digest(layer.digest), size=layer.size)
