"""Make an image from what a container has changed (docker's `commit`).

The layer is made by containerd's diff service; no byte of it passes through here. All that is made is held
by one lease until the image's record names it, so a commit that is killed leaves nothing.
"""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from nerdpy import labels
from nerdpy.container.below import COMMIT, Below, borrowed, frozen
from nerdpy.container.find import shown_as
from nerdpy.container.inspect import inspect
from nerdpy.container.look import Look, look_at
from nerdpy.container.root import layer_mounts
from nerdpy.container.telling import tell
from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.container import time_text
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, InvalidArgument, NotFound
from nerdpy.image.ids import records_by_image_id
from nerdpy.image.names import UNTAGGED
from nerdpy.image.read import LocalImage, own_platform, read
from nerdpy.image.tag import find_before, give_name
from nerdpy.linux.rootfs import as_seen_inside
from nerdpy.model import committed
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.image_change import changed
from nerdpy.model.platform import parse_platform
from nerdpy.model.records import ContainerRecord, ImageRecord
from nerdpy.model.reference import parse_reference

_UNCOMPRESSED = "containerd.io/uncompressed"
"""Label of a layer's blob: its diff id."""


@dataclass(frozen=True, kw_only=True)
class CommitOptions:
    """The flags."""

    author: str = ""
    message: str = ""
    changes: tuple[str, ...] = ()
    pauses: bool = True
    compression: str = "gzip"
    """`gzip` or `zstd`."""
    kind: str = "docker"
    """`docker` or `oci`."""


def commit(engine: Engine, record: ContainerRecord, name: str, options: CommitOptions) -> str:
    """The id of the new image, which gets the name; an empty one leaves it without any."""
    full_name = _full_name(name)
    look = look_at(engine, record)
    image = _image_of(engine, record)
    config = changed(_config_of(engine, look, image), options.changes)
    with borrowed(engine, record, COMMIT) as below:
        if below.parent != image.chain_id:
            raise FailedPrecondition(
                f"container {shown_as(record)} does not stand on the layers that its image has here",
                hint="`nerdpy export` saves its files",
            )
        layer, diff_id = _layer(engine, look, below, options)
        value = committed.image_config(
            image.config,
            committed.Commit(
                config=config,
                created=time_text(datetime.now(UTC)),
                author=options.author,
                message=options.message,
                command=" ".join(config.get("Cmd") or ()),
                diff_id=diff_id,
            ),
        )
        layers = [*image.layers, *([] if diff_id == committed.EMPTY_TAR else [layer])]
        manifest, image_id = _written(below, value, layers, options.kind)
        give_name(engine, ImageRecord(name=full_name or f"{UNTAGGED}{manifest.digest}", target=manifest))
    tell(engine, record, "commit", comment=options.message, imageID=image_id, imageRef=name)
    return image_id


def _full_name(name: str) -> str:
    if not name:
        return ""
    reference = parse_reference(name)
    if reference.digest:
        raise InvalidArgument(
            f'a new image cannot be named by a digest: "{name}"', hint="give a name and a tag"
        )
    return str(reference)


def _image_of(engine: Engine, record: ContainerRecord) -> LocalImage:
    """The image that the container was made from, whatever its name stands for today."""
    wanted = record.labels.get(labels.IMAGE_ID, "")
    named = find_before(engine, record.image) if record.image else None
    text = record.labels.get(labels.PLATFORM, "")
    platform = parse_platform(text, default=own_platform()) if text else None
    for candidate in (*([named] if named else []), *(records_by_image_id(engine, wanted) if wanted else [])):
        image = read(engine, candidate, platform)
        if wanted in {"", image.image_id}:
            return _whole(engine, image)
    raise NotFound(
        f"the image of container {shown_as(record)} is not here any more",
        hint="`nerdpy export` saves the container's files",
    )


def _whole(engine: Engine, image: LocalImage) -> LocalImage:
    """A layer that is not in the content store could be neither pushed nor unpacked."""
    for layer in image.layers:
        if not engine.containerd.content.exists(layer.digest):
            raise NotFound(
                f'image "{image.record.name}" lacks content here: layer {layer.digest[:19]} was not fetched',
                hint=f"pull it again: `nerdpy pull {image.record.name}`",
            )
    return image


def _config_of(engine: Engine, look: Look, image: LocalImage) -> dict[str, Any]:
    """docker's: the container's own config. Of a container of others only its image's is known."""
    base: dict[str, Any] = dict(image.config.get("config") or {})
    if not look.remembered:
        return base
    own: dict[str, Any] = inspect(engine, look.record)["Config"]
    return {key: base.get(key) for key in ("OnBuild", "Shell")} | own


def _layer(engine: Engine, look: Look, below: Below, options: CommitOptions) -> tuple[Descriptor, str]:
    """(the layer of what was changed, its diff id)."""
    pauses = options.pauses and look.state.status == "running"
    with frozen(engine, below.intent) if pauses else nullcontext():
        media_type = committed.LAYERS[options.compression]
        with as_seen_inside(layer_mounts(engine, look.record), engine.paths.mounts) as own:
            layer = below.client.diff.diff(below.mounts, own, media_type=media_type)
    info = below.client.content.info(layer.digest)
    return layer, info.labels[_UNCOMPRESSED]


def _written(
    below: Below, value: dict[str, Any], layers: list[Descriptor], kind: str
) -> tuple[Descriptor, str]:
    """Config and manifest in the content store: (the manifest, the image's id)."""
    content = below.client.content
    data, config = committed.encoded(value, committed.CONFIGS[kind])
    content.write(f"nerdpy-{config.digest}", data, digest=config.digest)
    listed = committed.manifest(config, layers, kind)
    data, manifest = committed.encoded(listed, committed.MANIFESTS[kind])
    references = committed.manifest_labels(listed)
    content.write(f"nerdpy-{manifest.digest}", data, digest=manifest.digest, labels=references)
    return manifest, config.digest
