"""Write images to one archive. Each blob is copied once from containerd's content store, piece by piece."""

from collections.abc import Iterable, Sequence
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.image.archive_choose import Chosen, choose, docker_entry
from nerdpy.image.archive_images import FULL_NAME, SHORT_NAME
from nerdpy.image.archive_progress import ArchiveProgress
from nerdpy.image.archive_wish import Wish
from nerdpy.image.archive_write import LAYOUT, ArchiveWriter, blob_path
from nerdpy.image.find import find_by_id, find_by_name, looks_like_id, no_such_image
from nerdpy.image.names import shown_name
from nerdpy.image.read import INDEXES
from nerdpy.image.telling import tell
from nerdpy.linux.new_file import new_file
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import parse_reference

STRETCH = 8 << 20


@dataclass(frozen=True)
class Named:
    """One image, and the names that the archive gives it; none where it was asked for by its id."""

    chosen: Chosen
    names: tuple[str, ...]


def save_to(engine: Engine, images: Sequence[str], wish: Wish, path: str) -> None:
    """Write a file that appears when it is whole."""
    found = find_all(engine, images, wish)
    with new_file(path) as out:
        save(engine, found, out)


def save(engine: Engine, images: Sequence[Named], out: int) -> None:
    """Write the archive to an open file or pipe; BrokenPipeError when nobody reads it."""
    blobs: dict[str, int] = {}
    for image in images:
        blobs |= image.chosen.blobs
    progress = ArchiveProgress(engine.notify, "archive", "saving")
    for digest, size in blobs.items():
        progress.expect(digest, size)
    archive = ArchiveWriter(out)
    for digest in sorted(blobs):
        archive.file(blob_path(digest), blobs[digest], _counted(engine, digest, blobs[digest], progress))
    archive.json("index.json", _index(images))
    archive.json("manifest.json", _docker_manifest(engine, images))
    archive.json("oci-layout", LAYOUT)
    archive.finish()
    progress.end()
    for image in images:
        tell(engine, image.chosen.record, "save")


def find_all(engine: Engine, images: Sequence[str], wish: Wish) -> list[Named]:
    """Each image once, with all the names that were asked for."""
    names: dict[str, list[str]] = {}
    records: dict[str, ImageRecord] = {}
    for text in images:
        for record, name in _asked(engine, text):
            records.setdefault(record.target.digest, record)
            known = names.setdefault(record.target.digest, [])
            known += [name] if name and name not in known else []
    return [Named(choose(engine, record, wish), tuple(names[digest])) for digest, record in records.items()]


def _asked(engine: Engine, text: str) -> list[tuple[ImageRecord, str]]:
    """docker's: a repository without a tag means all its tags; an id gives no name."""
    if whole := _all_tags(engine, text):
        return [(record, record.name) for record in whole]
    if found := find_by_name(engine, text):
        return [(found, "" if shown_name(found.name).is_dangling else found.name)]
    if looks_like_id(text) and (records := find_by_id(engine, text)):
        return [(records[0], "")]
    raise no_such_image(text)


def _all_tags(engine: Engine, text: str) -> list[ImageRecord]:
    from nerdpy.errors import InvalidArgument

    try:
        asked = parse_reference(text, default_tag="")
    except InvalidArgument:
        return []
    if asked.tag or asked.digest:
        return []
    records = engine.containerd.images.list(f'name~="^{asked.name.replace(".", "[.]")}:[^@]+$"')
    return sorted(records, key=lambda record: record.name)


def _counted(engine: Engine, digest: str, size: int, progress: ArchiveProgress) -> Iterable[bytes]:
    """A stretch at a time: gRPC reads ahead of us, and what it has read stands in memory."""
    done = 0
    while done < size:
        for piece in engine.containerd.content.chunks(digest, offset=done, size=min(STRETCH, size - done)):
            yield piece
            done += len(piece)
            progress(digest, done, size)


def _index(images: Sequence[Named]) -> dict[str, Any]:
    entries = []
    for image in images:
        target = image.chosen.record.target
        described = {"mediaType": target.media_type, "digest": target.digest, "size": target.size}
        entries += [described | {"annotations": _annotations(name)} for name in image.names] or [described]
    media_type = next(kind for kind in sorted(INDEXES) if "oci" in kind)
    return {"schemaVersion": 2, "mediaType": media_type, "manifests": entries}


def _annotations(name: str) -> dict[str, str]:
    shown = shown_name(name)
    return {FULL_NAME: name} | ({SHORT_NAME: shown.tag} if shown.tag else {})


def _docker_manifest(engine: Engine, images: Sequence[Named]) -> list[dict[str, Any]]:
    entries = []
    for image in images:
        shown = [shown_name(name) for name in image.names]
        tags = [f"{name.repository}:{name.tag}" for name in shown if name.tag and not name.digest]
        entries.append(docker_entry(engine, image.chosen, tags))
    return entries
