"""Pure: times and sizes for humans, in docker's words and roundings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")

_DAY = 24
_STEPS = (
    (48, 1, "hours"),
    (_DAY * 14, _DAY, "days"),
    (_DAY * 60, _DAY * 7, "weeks"),
    (_DAY * 365 * 2, _DAY * 30, "months"),
)
"""Below how many hours a unit is used, how many hours it has, its name."""


def human_duration(duration: timedelta) -> str:
    """`Less than a second`, `About a minute`, `3 weeks`: one unit, rounded as docker rounds."""
    seconds = int(duration.total_seconds())
    if seconds < 3600:
        return _below_an_hour(seconds)
    hours = int(duration.total_seconds() / 3600 + 0.5)
    if hours == 1:
        return "About an hour"
    for limit, size, unit in _STEPS:
        if hours < limit:
            return f"{hours // size} {unit}"
    return f"{seconds // 3600 // (_DAY * 365)} years"


def _below_an_hour(seconds: int) -> str:
    if seconds < 1:
        return "Less than a second"
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return "About a minute" if seconds < 120 else f"{seconds // 60} minutes"


def human_ago(then: datetime | None, now: datetime) -> str:
    """`3 minutes ago`; `N/A` for what never happened."""
    return "N/A" if then is None else f"{human_duration(now - then)} ago"


def human_size(size: float, *, digits: int = 4) -> str:
    """`12.3MB`, `1.084GB`: powers of 1000, at most four digits."""
    return _scaled(size, 1000, DECIMAL, digits)


def human_size_3(size: float) -> str:
    """`12.3MB`, `1.08GB`: as traffic of `stats` is shown."""
    return human_size(size, digits=3)


def bytes_size(size: float) -> str:
    """`1.2MiB`: powers of 1024."""
    return _scaled(size, 1024, BINARY, 4)


def _scaled(size: float, base: int, units: Sequence[str], digits: int) -> str:
    scaled, number = float(size), 0
    while scaled >= base and number < len(units) - 1:
        scaled /= base
        number += 1
    return f"{scaled:.{digits}g}{units[number]}"


def truncated(text: str, length: int) -> str:
    """At most `length` characters; the last is an ellipsis if something was cut."""
    if len(text) <= length:
        return text
    return text[: max(length - 1, 0)] + "…" if length > 1 else text[:length]
