"""Pure: JSON out of archives and blobs that strangers made."""

import json
import re
from typing import Any

from nerdpy.errors import InvalidArgument
from nerdpy.model.descriptor import Descriptor

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z|sha512:[0-9a-f]{128}\Z")


def parsed(data: bytes, what: str) -> Any:
    """Any JSON value; InvalidArgument for what is none, or is nested without end."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"the image is broken: {what} is not JSON") from error


def parsed_object(data: bytes, what: str) -> dict[str, Any]:
    value = parsed(data, what)
    if not isinstance(value, dict):
        raise InvalidArgument(f"the image is broken: {what} is not a JSON object")
    return value


def objects(value: Any, what: str) -> list[dict[str, Any]]:
    """A list of JSON objects; nothing at all is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise InvalidArgument(f"the image is broken: {what} is not a list of objects")
    return value


def texts(value: Any, what: str) -> list[str]:
    """A list of strings; nothing at all is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidArgument(f"the image is broken: {what} is not a list of strings")
    return value


def descriptor(value: Any, what: str) -> Descriptor:
    """A descriptor whose parts have the kinds that they should have."""
    if not isinstance(value, dict) or not _is_descriptor(value):
        raise InvalidArgument(f"the image is broken: {what} is no descriptor")
    return Descriptor.from_json(value)


def _is_descriptor(value: dict[str, Any]) -> bool:
    digest, size = value.get("digest"), value.get("size")
    platform, notes = value.get("platform"), value.get("annotations")
    return (
        isinstance(digest, str)
        and bool(_DIGEST.match(digest))
        and isinstance(size, int)
        and size >= 0
        and isinstance(value.get("mediaType", ""), str)
        and _is_of_texts(platform, ("os", "architecture", "variant", "os.version"))
        and _is_of_texts(notes, tuple(notes) if isinstance(notes, dict) else ())
    )


def _is_of_texts(value: Any, keys: tuple[str, ...]) -> bool:
    return value is None or (
        isinstance(value, dict) and all(isinstance(value.get(key, ""), str) for key in keys)
    )
