"""Pure: the config and manifest of an image that is made from a container (image-spec `config.md`,
`manifest.md`; docker's schema 2)."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nerdpy.dataclass import dataclass, replace
from nerdpy.model.descriptor import Descriptor, Digest

EMPTY_TAR = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
"""The digest of a tar archive without members: 1024 zeros."""
REFERENCE = "containerd.io/gc.ref.content."
"""Label of a blob: it needs another one (containerd `docs/garbage-collection.md`)."""
_RUNTIME = (
    *("User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal"),
    *("Healthcheck", "OnBuild", "Shell", "ArgsEscaped"),
)
_OF_A_BUILD = {"container", "container_config", "id", "parent"}
_OCI, _DOCKER = "application/vnd.oci.image.", "application/vnd.docker."
MANIFESTS = {"oci": f"{_OCI}manifest.v1+json", "docker": f"{_DOCKER}distribution.manifest.v2+json"}
CONFIGS = {"oci": f"{_OCI}config.v1+json", "docker": f"{_DOCKER}container.image.v1+json"}
_LAYERS = {
    f"{_OCI}layer.v1.tar": f"{_DOCKER}image.rootfs.diff.tar",
    f"{_OCI}layer.v1.tar+gzip": f"{_DOCKER}image.rootfs.diff.tar.gzip",
    f"{_OCI}layer.v1.tar+zstd": f"{_DOCKER}image.rootfs.diff.tar.zstd",
}
LAYERS = {"gzip": f"{_OCI}layer.v1.tar+gzip", "zstd": f"{_OCI}layer.v1.tar+zstd"}
"""What the diff service is asked for."""


@dataclass(frozen=True, kw_only=True)
class Commit:
    """What is new."""

    config: Mapping[str, Any]
    """docker's `Config`, changes included."""
    created: str
    """RFC 3339."""
    author: str = ""
    message: str = ""
    command: str = ""
    """What ran in the container, for the history."""
    diff_id: str = EMPTY_TAR


def image_config(base: Mapping[str, Any], commit: Commit) -> dict[str, Any]:
    """The new image's config above that of the container's image."""
    is_empty = commit.diff_id == EMPTY_TAR
    entry = {
        "created": commit.created,
        "created_by": commit.command,
        "author": commit.author,
        "comment": commit.message,
        "empty_layer": is_empty,
    }
    layers = list((base.get("rootfs") or {}).get("diff_ids") or ())
    kept = {key: value for key, value in base.items() if key not in _OF_A_BUILD}
    config = {
        **kept,
        "created": commit.created,
        "author": commit.author,
        "config": {key: commit.config[key] for key in _RUNTIME if commit.config.get(key)},
        "rootfs": {"type": "layers", "diff_ids": layers if is_empty else [*layers, commit.diff_id]},
        "history": [*(base.get("history") or ()), {key: value for key, value in entry.items() if value}],
    }
    return config if commit.author else {key: value for key, value in config.items() if key != "author"}


def manifest(config: Descriptor, layers: Sequence[Descriptor], kind: str) -> dict[str, Any]:
    """The manifest; `kind` is `oci` or `docker`, and all layers are named in its words."""
    return {
        "schemaVersion": 2,
        "mediaType": MANIFESTS[kind],
        "config": _plain(config),
        "layers": [_plain(replace(layer, media_type=layer_type(layer.media_type, kind))) for layer in layers],
    }


def layer_type(media_type: str, kind: str) -> str:
    """The media type of a layer in the words of the other kind; one without a counterpart stays."""
    names = _LAYERS if kind == "docker" else {docker: oci for oci, docker in _LAYERS.items()}
    return names.get(media_type, media_type)


def manifest_labels(value: Mapping[str, Any]) -> dict[str, str]:
    """What keeps config and layers as long as the manifest is there."""
    layers = {f"{REFERENCE}l.{number}": layer["digest"] for number, layer in enumerate(value["layers"])}
    return {f"{REFERENCE}config": value["config"]["digest"], **layers}


def index_labels(digests: Iterable[str]) -> dict[str, str]:
    """What keeps the manifests as long as their index is there."""
    return {f"{REFERENCE}m.{number}": digest for number, digest in enumerate(digests)}


def encoded(value: Mapping[str, Any], media_type: str) -> tuple[bytes, Descriptor]:
    """JSON, and its descriptor."""
    data = json.dumps(value, separators=(",", ":")).encode()
    digest = Digest(f"sha256:{hashlib.sha256(data).hexdigest()}")
    return data, Descriptor(media_type=media_type, digest=digest, size=len(data))


def _plain(descriptor: Descriptor) -> dict[str, Any]:
    value: dict[str, Any] = {
        "mediaType": descriptor.media_type,
        "digest": descriptor.digest,
        "size": descriptor.size,
    }
    return value | ({"annotations": dict(descriptor.annotations)} if descriptor.annotations else {})
