"""How an image was made, step by step (image-spec `config.md`, `history`)."""

from datetime import UTC, datetime
from typing import Any

from nerdpy.dockercompat.history import Step
from nerdpy.engine import Engine
from nerdpy.image.chain import chain_ids
from nerdpy.image.find import find_image
from nerdpy.image.read import LocalImage, read
from nerdpy.model.descriptor import Descriptor, Platform


def history(engine: Engine, text: str, platform: Platform | None = None) -> list[Step]:
    """The newest step first. A config that tells less than it has layers gets a step for each of them."""
    image = read(engine, find_image(engine, text), platform)
    layers = _layers(engine, image)
    steps: list[Step] = []
    for entry in _told(image):
        is_empty = bool(entry.get("empty_layer"))
        chain_id, size = ("", 0) if is_empty or not layers else layers.pop(0)
        steps.append(
            Step(
                chain_id=chain_id,
                created_at=created_at(entry),
                command=str(entry.get("created_by") or ""),
                comment=str(entry.get("comment") or ""),
                size=size,
            )
        )
    steps += [Step(chain_id=chain_id, size=size) for chain_id, size in layers]
    return _with_id(steps, image.image_id)


def _with_id(steps: list[Step], image_id: str) -> list[Step]:
    from nerdpy.dataclass import replace

    newest_first = steps[::-1]
    return [replace(step, image_id="" if at else image_id) for at, step in enumerate(newest_first)]


def _told(image: LocalImage) -> list[dict[str, Any]]:
    entries = image.config.get("history")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _layers(engine: Engine, image: LocalImage) -> list[tuple[str, int | None]]:
    """Each layer's chain id and unpacked size, from the bottom up."""
    chain = chain_ids(image.diff_ids)
    snapshots = engine.containerd.snapshots(engine.config.snapshotter)
    there = {snapshot.name for snapshot in snapshots.list("kind==committed")} & set(chain)
    sizes = snapshots.sizes(sorted(there))
    blobs: list[Descriptor | None] = [*image.layers, *([None] * len(chain))]
    return [
        (chain_id, sizes[chain_id] if chain_id in there else _packed_size(blob))
        for chain_id, blob in zip(chain, blobs, strict=False)
    ]


def _packed_size(blob: Descriptor | None) -> int | None:
    """A layer that is not packed has the size of its blob, more or less; of others it is not known."""
    is_packed = blob is None or not blob.media_type.endswith(".tar")
    return None if is_packed or blob is None else blob.size


def created_at(entry: dict[str, Any]) -> datetime | None:
    """RFC 3339, as Go writes it, to the second."""
    text = entry.get("created")
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and moment.year > 1 else None
