"""From what the user typed to an image: a name before everything, then an id, a digest, or a prefix of
one."""

import re

from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.image.names import shown_name
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import Reference, parse_reference

_ID_PREFIX = re.compile(r"(?:sha256:)?[0-9a-f]{1,64}\Z")


def no_such_image(text: str, *, hint: str = "") -> NotFound:
    """docker's words, which clients look for; by default the way out is a pull."""
    return NotFound(f"No such image: {text}", hint=hint or f"fetch it with `nerdpy pull {text}`")


def find_by_name(engine: Engine, text: str) -> ImageRecord | None:
    """The image of this very name, with docker's defaults filled in; None when there is none.

    `name@digest` is also an image that has the name, and whose digest is this one.
    """
    try:
        reference = parse_reference(text)
    except InvalidArgument:
        return _get(engine, text)
    if found := _get(engine, str(reference)):
        return found
    return _find_pinned(engine, reference) if reference.digest else _get(engine, text)


def _get(engine: Engine, name: str) -> ImageRecord | None:
    try:
        return engine.containerd.images.get(name)
    except (NotFound, InvalidArgument):
        return None


def _find_pinned(engine: Engine, wanted: Reference) -> ImageRecord | None:
    for record in engine.containerd.images.list(f"target.digest=={wanted.digest}"):
        name = shown_name(record.name)
        if name.full == wanted.name and wanted.tag in ("", name.tag):
            return record
    return None


def looks_like_id(text: str) -> bool:
    """Could it be an id, or a prefix of one?"""
    return bool(_ID_PREFIX.match(text))


def find_by_id(engine: Engine, text: str) -> list[ImageRecord]:
    """Every name of the one image whose target's or config's digest begins like this; more images are an
    error."""
    wanted = "sha256:" + text.removeprefix("sha256:")
    found = engine.containerd.images.list(f'target.digest~="^{wanted}"')
    if not found:
        from nerdpy.image.ids import records_by_image_id

        found = records_by_image_id(engine, wanted)
    if len({record.target.digest for record in found}) > 1:
        raise InvalidArgument(f'several images have ids that begin with "{text}"', hint="give more of the id")
    return found


def find_image(engine: Engine, text: str) -> ImageRecord:
    """One image; NotFound in docker's words."""
    if found := find_by_name(engine, text):
        return found
    if looks_like_id(text) and (records := find_by_id(engine, text)):
        return records[0]
    raise no_such_image(text)
