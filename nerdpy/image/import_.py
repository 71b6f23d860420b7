"""Make an image of one layer from an archive of a root filesystem.

The archive itself is the layer, packed as it came, or by gzip. No member of it is ever made by nerdpy:
containerd unpacks it like any layer, and thereby says whether it is a tar archive at all.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass, replace
from nerdpy.dockercompat.container import time_text
from nerdpy.engine import Engine
from nerdpy.errors import AlreadyExists, InvalidArgument, NerdpyError, NotFound
from nerdpy.image.archive_images import images_of
from nerdpy.image.archive_intake import Intake
from nerdpy.image.archive_lease import leased_whole
from nerdpy.image.archive_progress import ArchiveProgress
from nerdpy.image.archive_store import store_new
from nerdpy.image.archive_tar import beginning
from nerdpy.image.archive_wish import Wish
from nerdpy.image.import_source import source
from nerdpy.image.load import settle
from nerdpy.image.read import own_platform
from nerdpy.image.tag import give_name
from nerdpy.image.telling import tell
from nerdpy.image.unpack import GC_REFERENCE
from nerdpy.linux.packing import gzipped, peeked, unpacked
from nerdpy.model import committed
from nerdpy.model.descriptor import Descriptor, Digest, Platform
from nerdpy.model.image_change import changed
from nerdpy.model.records import ImageRecord, SnapshotMount
from nerdpy.model.reference import Reference, parse_reference

UNCOMPRESSED = "containerd.io/uncompressed"
"""Label of a layer's blob: its diff id."""
_OF_IMAGES = re.compile(
    r"blobs(/.*)?|oci-layout|index\.json|manifest\.json|repositories|[0-9a-f]{64}(\.json|\.tar|/.*)?"
)
_MARKS = {"manifest.json", "index.json"}


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """The flags, and the name."""

    source: str
    reference: str = ""
    changes: tuple[str, ...] = ()
    message: str = ""
    platform: Platform | None = None


def import_archive(engine: Engine, options: ImportOptions) -> list[str]:
    """The full name of the new image; those of the images in an archive of images."""
    name = _name(options.reference)
    config = changed({}, options.changes)
    progress = ArchiveProgress(engine.notify, options.source, "loading")
    with source(options.source) as pieces, leased_whole(engine) as client:
        layer = _stored(client, _counted(pieces, progress))
        if is_of_images(unpacked(client.content.chunks(layer.digest))):
            names = _load(engine, client, layer, options)
        else:
            diff_id = _applied(engine, client, layer)
            value = committed.image_config(
                _base(options.platform or own_platform()),
                committed.Commit(
                    config=config,
                    created=time_text(datetime.now(UTC)),
                    message=options.message or f"Imported from {options.source}",
                    diff_id=diff_id,
                ),
            )
            manifest = _written(engine, client, value, [] if diff_id == committed.EMPTY_TAR else [layer])
            record = ImageRecord(name=str(name), target=manifest)
            give_name(engine, record)
            tell(engine, record, "import")
            names = [record.name]
    progress.end()
    return names


def _name(text: str) -> Reference:
    reference = parse_reference(text or f"import-{date.today().isoformat()}")
    if reference.digest:
        raise InvalidArgument(
            f'a new image cannot be named by a digest: "{text}"', hint="give a name and a tag"
        )
    return reference


def _counted(pieces: Iterable[bytes], progress: ArchiveProgress) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        done += len(piece)
        progress("archive", done, done + 1)
        yield piece
    if not done:
        raise InvalidArgument("the archive is empty")


def _stored(client: Client, pieces: Iterable[bytes]) -> Descriptor:
    """The layer in the content store: gzip and zstd as they are, everything else packed by gzip."""
    kind, whole = peeked(pieces)
    if kind not in committed.LAYERS:
        whole, kind = gzipped(unpacked(whole)), "gzip"
    stored = store_new(client, whole)
    return Descriptor(media_type=committed.LAYERS[kind], digest=Digest(stored.digest), size=stored.size)


def is_of_images(pieces: Iterable[bytes]) -> bool:
    """Is it an archive that `save` makes? The first member that does not belong in one says no."""
    names = set()
    for name in beginning(pieces):
        if not _OF_IMAGES.fullmatch(name):
            return False
        names.add(name)
    return bool(names & _MARKS)


def _load(engine: Engine, client: Client, archive: Descriptor, options: ImportOptions) -> list[str]:
    if options.changes or options.message:
        raise InvalidArgument(
            "--change and --message are for a root filesystem, but this is an archive of images",
            hint="load it, and change a container of it by `nerdpy commit`",
        )
    intake = Intake(client)
    intake.take(unpacked(client.content.chunks(archive.digest)))
    found = images_of(intake, date.today())
    if options.reference:
        if len(found) > 1:
            raise InvalidArgument(
                f'the archive holds {len(found)} images: they cannot all be called "{options.reference}"'
            )
        found = [replace(found[0], names=(str(_name(options.reference)),))]
    wish = Wish(platforms=(options.platform,) if options.platform else ())
    return [loaded.record.name for loaded in settle(engine, client, found, wish)]


def _applied(engine: Engine, client: Client, layer: Descriptor) -> str:
    """Unpack the layer as a snapshot of its own; its diff id."""
    snapshots = client.snapshots(engine.config.snapshotter)
    key = f"extract-{secrets.token_hex(8)} {layer.digest}"
    try:
        mounts = snapshots.prepare(key, "")
        diff_id = _diff_id(client, layer, mounts)
        with suppress(AlreadyExists):
            snapshots.commit(diff_id, key)
    finally:
        with suppress(NotFound):
            snapshots.remove(key)
    client.content.update_labels(layer.digest, {UNCOMPRESSED: diff_id})
    return diff_id


def _diff_id(client: Client, layer: Descriptor, mounts: Sequence[SnapshotMount]) -> str:
    try:
        return client.diff.apply(layer, mounts).digest
    except NerdpyError as error:
        raise InvalidArgument(
            f"the input is no tar archive, or a broken one: {error.message.rpartition(': ')[2]}",
            hint="plain archives and those packed by gzip, zstd, bzip2 and xz are understood",
        ) from error


def _base(platform: Platform) -> dict[str, str]:
    named = {"os": platform.os, "architecture": platform.architecture, "variant": platform.variant}
    return {key: value for key, value in named.items() if value}


def _written(
    engine: Engine, client: Client, value: dict[str, object], layers: list[Descriptor]
) -> Descriptor:
    data, config = committed.encoded(value, committed.CONFIGS["oci"])
    root = value["rootfs"]
    chain = root["diff_ids"] if isinstance(root, dict) else []
    held = {GC_REFERENCE + engine.config.snapshotter: chain[0]} if chain else {}
    client.content.write(f"nerdpy-{config.digest}", data, digest=config.digest, labels=held)
    listed = committed.manifest(config, layers, "oci")
    data, manifest = committed.encoded(listed, committed.MANIFESTS["oci"])
    labels = committed.manifest_labels(listed)
    client.content.write(f"nerdpy-{manifest.digest}", data, digest=manifest.digest, labels=labels)
    return manifest
