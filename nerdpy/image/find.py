"""From what the user typed to an image: a name before everything, then an id, a digest, or a prefix of
one."""

import re

from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import parse_reference

_ID_PREFIX = re.compile(r"(?:sha256:)?[0-9a-f]{4,64}\Z")


def no_such_image(text: str) -> NotFound:
    """docker's words, which clients look for."""
    return NotFound(f"No such image: {text}", hint=f"fetch it with `nerdpy pull {text}`")


def find_by_name(engine: Engine, text: str) -> ImageRecord | None:
    """The image of this very name, with docker's defaults filled in; None when there is none."""
    try:
        name = str(parse_reference(text))
    except InvalidArgument:
        name = text
    for candidate in dict.fromkeys((name, text)):
        try:
            return engine.containerd.images.get(candidate)
        except (NotFound, InvalidArgument):
            continue
    return None


def looks_like_id(text: str) -> bool:
    """Could it be an id, or a prefix of one?"""
    return bool(_ID_PREFIX.match(text))


def find_by_id(engine: Engine, text: str) -> list[ImageRecord]:
    """Every name of the one image whose target's or config's digest begins like this; more images are an
    error."""
    from nerdpy.image.ids import image_ids

    wanted = "sha256:" + text.removeprefix("sha256:")
    records = engine.containerd.images.list()
    found = [record for record in records if record.target.digest.startswith(wanted)]
    if not found:
        found = [
            record for record in records if any(one.startswith(wanted) for one in image_ids(engine, record))
        ]
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
