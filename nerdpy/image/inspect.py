"""Everything about an image: docker's JSON, or what containerd has."""

from typing import Any

from nerdpy.dataclass import asdict
from nerdpy.dockercompat.image import ImageFacts, image_object
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.image.find import find_image
from nerdpy.image.names import repo_digests, repo_tags
from nerdpy.image.read import INDEXES, LocalImage, own_platform, read, read_json
from nerdpy.image.stock import Stock, take_stock
from nerdpy.model.descriptor import Descriptor, Platform, platform_from_json
from nerdpy.model.platform import normalise, parse_platform
from nerdpy.model.records import ImageRecord


def inspect(
    engine: Engine, name: str, *, is_native: bool = False, platform: str = ""
) -> list[dict[str, Any]]:
    """One object: of the platform named, else of this machine's, else of the one that is here."""
    record = find_image(engine, name)
    stock = take_stock(engine)
    wanted = parse_platform(platform, default=own_platform()) if platform else None
    image = _read(engine, stock, record, wanted)
    return [_native(engine, stock, image) if is_native else _compatible(engine, stock, image)]


def inspect_several(
    engine: Engine, names: list[str], *, is_native: bool, platform: str
) -> tuple[list[dict[str, Any]], list[NerdpyError]]:
    """What was found, and an error for each that was not."""
    found: list[dict[str, Any]] = []
    errors: list[NerdpyError] = []
    for name in names:
        try:
            found += inspect(engine, name, is_native=is_native, platform=platform)
        except NerdpyError as error:
            errors.append(error)
    return found, errors


def _read(engine: Engine, stock: Stock, record: ImageRecord, platform: Platform | None) -> LocalImage:
    try:
        return read(engine, record, platform)
    except NotFound:
        if platform is not None:
            raise
        for config in stock.configs(record.target.digest):
            other = platform_from_json(read_json(engine, config, record.name))
            return read(engine, record, normalise(other))
        raise


def _compatible(engine: Engine, stock: Stock, image: LocalImage) -> dict[str, Any]:
    digest = image.record.target.digest
    siblings = engine.containerd.images.list(f"target.digest=={digest}")
    names = [record.name for record in siblings]
    return image_object(
        ImageFacts(
            image_id=image.image_id,
            tags=repo_tags(names),
            digests=repo_digests(names, digest),
            config=image.config,
            descriptor=_descriptor(image.record.target),
            size=stock.size(digest) + _unpacked_size(engine, stock, digest),
            tagged_at=image.record.updated_at,
            snapshotter=engine.config.snapshotter,
        )
    )


def _unpacked_size(engine: Engine, stock: Stock, digest: str) -> int:
    snapshots = engine.containerd.snapshots(engine.config.snapshotter)
    return sum(snapshots.sizes(stock.chains(digest)).values())


def _descriptor(descriptor: Descriptor) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "mediaType": descriptor.media_type,
        "digest": descriptor.digest,
        "size": descriptor.size,
    }
    return shown | ({"annotations": descriptor.annotations} if descriptor.annotations else {})


def _native(engine: Engine, stock: Stock, image: LocalImage) -> dict[str, Any]:
    record = image.record
    is_index = record.target.media_type in INDEXES
    snapshots = engine.containerd.snapshots(engine.config.snapshotter)
    return {
        "Image": {
            "Name": record.name,
            "Labels": record.labels,
            "Target": _descriptor(record.target),
            "CreatedAt": _moment(record.created_at),
            "UpdatedAt": _moment(record.updated_at),
        },
        "IndexDesc": _descriptor(record.target) if is_index else None,
        "Index": read_json(engine, record.target.digest, record.name) if is_index else None,
        "ManifestDesc": _descriptor(image.manifest),
        "Manifest": read_json(engine, image.manifest.digest, record.name),
        "ImageConfigDesc": _descriptor(image.config_descriptor),
        "ImageConfig": image.config,
        "size": stock.size(record.target.digest),
        "Snapshots": [
            asdict(snapshots.stat(chain)) | {"created_at": None, "updated_at": None}
            for chain in sorted(stock.chains(record.target.digest))
        ],
    }


def _moment(moment: Any) -> str:
    return moment.isoformat() if moment else ""
