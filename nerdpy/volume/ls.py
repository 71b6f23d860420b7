"""List volumes."""

import re
from collections.abc import Callable, Iterable

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument
from nerdpy.volume.find import Volume, all_volumes
from nerdpy.volume.usage import users_of_volumes

_TRUE, _FALSE = {"1", "t", "true"}, {"0", "f", "false"}
_SIZES: dict[str, Callable[[int, int], bool]] = {
    ">=": lambda size, limit: size >= limit,
    "<=": lambda size, limit: size <= limit,
    ">": lambda size, limit: size > limit,
    "<": lambda size, limit: size < limit,
    "=": lambda size, limit: size == limit,
}
KEYS = ("dangling", "driver", "label", "name", "size")


@dataclass(frozen=True, kw_only=True)
class VolumeFilters:
    """What `--filter` asks for: names and drivers are alternatives, labels and sizes must all hold."""

    names: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    is_dangling: bool | None = None
    sizes: tuple[tuple[str, int], ...] = ()


def parse_filters(texts: Iterable[str]) -> VolumeFilters:
    """`KEY=VALUE` of docker, and nerdctl's `size>=N`."""
    found: dict[str, list[str]] = {key: [] for key in KEYS}
    sizes: list[tuple[str, int]] = []
    for text in texts:
        if text.startswith("size"):
            sizes.append(_parse_size(text))
            continue
        key, separator, value = text.partition("=")
        if not separator or key.strip().lower() not in found:
            raise InvalidArgument(f'invalid filter "{text}"', hint=f"known keys: {', '.join(KEYS)}")
        found[key.strip().lower()].append(value.strip())
    return VolumeFilters(
        names=tuple(found["name"]),
        drivers=tuple(found["driver"]),
        labels=tuple(found["label"]),
        is_dangling=_parse_dangling(found["dangling"]),
        sizes=tuple(sizes),
    )


def list_volumes(engine: Engine, filters: VolumeFilters | None = None) -> list[Volume]:
    """The volumes that pass the filters, by name. Containers are looked at only if the filters ask."""
    filters = filters or VolumeFilters()
    found = [volume for volume in all_volumes(engine) if _matches(volume, filters)]
    if filters.is_dangling is not None:
        users = users_of_volumes(engine)
        found = [volume for volume in found if (volume.name not in users) == filters.is_dangling]
    return found


def _matches(volume: Volume, filters: VolumeFilters) -> bool:
    if filters.names and not any(_is_named(volume, text) for text in filters.names):
        return False
    if filters.drivers and "local" not in filters.drivers:
        return False
    if not all(_has_label(volume, text) for text in filters.labels):
        return False
    return all(_SIZES[operator](volume.size(), limit) for operator, limit in filters.sizes)


def _is_named(volume: Volume, text: str) -> bool:
    """By a regular expression, as docker and nerdctl have it, or a part of the name."""
    try:
        return re.search(text, volume.name) is not None
    except re.error:
        return text in volume.name


def _has_label(volume: Volume, text: str) -> bool:
    key, separator, value = text.partition("=")
    return key in volume.labels and (not separator or volume.labels[key] == value)


def _parse_size(text: str) -> tuple[str, int]:
    rest = text.removeprefix("size")
    for operator in _SIZES:
        if rest.startswith(operator) and rest.removeprefix(operator).isdecimal():
            return operator, int(rest.removeprefix(operator))
    raise InvalidArgument(f'invalid filter "{text}"', hint="write size>=BYTES, with >=, <=, >, < or =")


def _parse_dangling(values: list[str]) -> bool | None:
    found = None
    for value in values:
        if value.lower() not in _TRUE | _FALSE:
            raise InvalidArgument(f'invalid filter "dangling={value}"', hint="true or false")
        found = value.lower() in _TRUE
    return found
