"""Pure: `--filter` of `network ls`."""

from collections.abc import Iterable, Mapping

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument
from nerdpy.model.filters import Filters
from nerdpy.model.filters import parse_filters as parse_any

LIST_KEYS = ("dangling", "driver", "id", "label", "name", "scope", "type")
_TYPES = ("builtin", "custom")
CHOICES = {"dangling": ("true", "false"), "scope": ("local",), "type": _TYPES}
"""The values of keys that have only a few."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A network as far as filters look at it."""

    name: str
    id: str
    driver: str
    labels: Mapping[str, str] = field(default_factory=dict)
    is_builtin: bool = False
    is_dangling: bool = False


def parse_filters(texts: Iterable[str]) -> Filters:
    """`KEY=VALUE`, several of one key collected; InvalidArgument for keys and values that do not exist."""
    filters = parse_any(texts, LIST_KEYS)
    for value in filters.get("type"):
        if value not in _TYPES:
            raise InvalidArgument(f'invalid filter "type={value}"', hint=f"use {' or '.join(_TYPES)}")
    filters.boolean("dangling")
    return filters


def matches(seen: Seen, filters: Filters) -> bool:
    """Of one key any value (of labels all), of several keys all; names and ids by regular expressions."""
    wants_dangling = filters.boolean("dangling")
    return (
        filters.matches_pattern("name", seen.name)
        and filters.matches_pattern("id", seen.id)
        and filters.matches_exactly("driver", seen.driver)
        and filters.matches_exactly("scope", "local")
        and filters.matches_exactly("type", _TYPES[0] if seen.is_builtin else _TYPES[1])
        and filters.matches_labels(seen.labels)
        and wants_dangling in (None, seen.is_dangling)
    )
