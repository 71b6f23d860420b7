"""Pure: times and sizes for humans, in docker's words and roundings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")

_DAY, _YEAR = 24, 24 * 365


def human_duration(duration: timedelta) -> str:
    """`Less than a second`, `About a minute`, `3 weeks`: one unit, rounded as docker rounds."""
    seconds = int(duration.total_seconds())
    minutes = int(duration.total_seconds() / 60)
    if seconds < 60:
        return _seconds(seconds)
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    hours = int(duration.total_seconds() / 3600 + 0.5)
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    if hours < _DAY * 7 * 2:
        return f"{hours // _DAY} days"
    if hours < _DAY * 30 * 2:
        return f"{hours // _DAY // 7} weeks"
    if hours < _YEAR * 2:
        return f"{hours // _DAY // 30} months"
    return f"{int(duration.total_seconds() / 3600) // _YEAR} years"


def _seconds(seconds: int) -> str:
    if seconds < 1:
        return "Less than a second"
    return "1 second" if seconds == 1 else f"{seconds} seconds"


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
