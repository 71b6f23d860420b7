"""Pure: one event as docker tells it, and what `events --filter` lets through (moby's rules)."""

from collections.abc import Mapping

from nerdpy import errors
from nerdpy.dataclass import dataclass, field
from nerdpy.model.filters import Filters

KEYS = (
    "config", "container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope",
    "secret", "service", "status", "type", "volume",
)  # fmt: skip
"""docker's, and nerdctl's `status`, which means `event`."""
_OF_SWARM = ("config", "node", "secret", "service")
_NAMED = ("container", "network", "volume", "daemon", "plugin")
SECOND = 10**9


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing that has happened to one object."""

    nanoseconds: int
    """Since 1970."""
    type: str
    """`container`, `image`, `network`, `volume`."""
    action: str
    """`start`, `exec_create: ls -l`, `health_status: healthy`, ..."""
    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    """The object's name, its image, its labels, and what belongs to the action."""


def check_filters(filters: Filters) -> Filters:
    """Refuse those that are about what nerdpy has not."""
    for key in _OF_SWARM:
        if key in filters:
            raise errors.NotImplemented(f"the filter {key} is for swarm, which nerdpy has not")
    return filters


def matches(event: Happening, filters: Filters) -> bool:
    """Of one key any value (of labels all), of several keys all."""
    return (
        filters.matches("event", lambda text: _is_action(event.action, text))
        and filters.matches("status", lambda text: _is_action(event.action, text))
        and filters.matches_exactly("type", event.type)
        and filters.matches_exactly("scope", "local")
        and all(_is_named(event, filters, kind) for kind in _NAMED)
        and _is_image(event, filters)
        and filters.matches_labels(event.attributes)
    )


def _is_action(action: str, wanted: str) -> bool:
    """`exec_create` fits `exec_create: ls` as well."""
    return action == wanted or action.partition(":")[0] == wanted


def _is_named(event: Happening, filters: Filters, kind: str) -> bool:
    """By id, by name, or by the beginning of either; events of other kinds do not fit."""
    if kind not in filters:
        return True
    names = (event.id, event.attributes.get("name", ""))
    return event.type == kind and filters.matches(
        kind, lambda text: any(_begins(name, text) for name in names)
    )


def _begins(name: str, text: str) -> bool:
    return bool(text) and name.startswith(text)


def _is_image(event: Happening, filters: Filters) -> bool:
    """An image's events, and those of the containers made from it; with or without the tag."""
    name = event.attributes.get("name" if event.type == "image" else "image", "")
    own = event.id if event.type == "image" else ""
    names = {text for full in (own, name) if full for text in (full, _without_tag(full))}
    return filters.matches("image", lambda text: text in names)


def _without_tag(name: str) -> str:
    head, slash, last = name.partition("@")[0].rpartition("/")
    return head + slash + last.partition(":")[0]
