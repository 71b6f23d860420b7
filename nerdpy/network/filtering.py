"""Pure: `--filter` of `network ls` and `network prune`."""

from collections.abc import Iterable, Mapping, Sequence

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument

LIST_KEYS = ("dangling", "driver", "id", "label", "name", "scope", "type")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A network as far as filters look at it."""

    name: str
    id: str
    driver: str
    labels: Mapping[str, str] = field(default_factory=dict)
    is_builtin: bool = False
    is_dangling: bool = False


def parse_filters(texts: Iterable[str], keys: Sequence[str]) -> dict[str, list[str]]:
    """`KEY=VALUE`, several of one key collected."""
    found: dict[str, list[str]] = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if key.endswith("!") and key not in keys:
            key = key.removesuffix("!")
        if not separator or key not in keys:
            raise InvalidArgument(f'invalid filter "{text}"', hint=f"the keys are {', '.join(keys)}")
        found.setdefault(key, []).append(value)
    _check(found)
    return found


def matches(seen: Seen, filters: Mapping[str, Sequence[str]]) -> bool:
    """Of one key any value (of labels all), of several keys all."""
    return all(_fits(seen, key, values) for key, values in filters.items())


def has_label(labels: Mapping[str, str], text: str) -> bool:
    """`K` or `K=V`."""
    key, separator, value = text.partition("=")
    return key in labels and (not separator or labels[key] == value)


def _fits(seen: Seen, key: str, values: Sequence[str]) -> bool:
    if key == "label":
        return all(has_label(seen.labels, value) for value in values)
    if key == "label!":
        return not any(has_label(seen.labels, value) for value in values)
    return any(_fits_one(seen, key, value) for value in values)


def _fits_one(seen: Seen, key: str, value: str) -> bool:
    if key == "name":
        return value in seen.name
    if key == "id":
        return value in seen.id
    if key == "dangling":
        return seen.is_dangling == (value.lower() in ("1", "true"))
    if key == "type":
        return seen.is_builtin == (value == "builtin")
    return value == {"driver": seen.driver, "scope": "local"}[key]


def _check(found: Mapping[str, Sequence[str]]) -> None:
    allowed = {"type": ("builtin", "custom"), "dangling": ("true", "false", "1", "0", "True", "False")}
    for key, words in allowed.items():
        for value in found.get(key, ()):
            if value not in words:
                raise InvalidArgument(f'invalid filter "{key}={value}"', hint=f"use {' or '.join(words[:2])}")
