"""Pure: durations as Go writes them (`1h30m`, `1.5s`, `100ms`), which docker's flags and files use."""

import re
from datetime import timedelta

from nerdpy.errors import InvalidArgument

_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PIECE = r"(?a)(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)"
_BIGGEST = (1 << 63) - 1


def parse_duration(text: str) -> timedelta:
    """`1h30m`, `-1.5s`, `0`; finer than a microsecond is cut off."""
    return timedelta(microseconds=_nanoseconds(text) // 1000)


def _nanoseconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in {"-", "+"} else text
    if rest == "0":
        return 0
    total, position = 0, 0
    while position < len(rest):
        piece = re.match(_PIECE, rest[position:])
        if not piece or not (piece[1] or piece[2]):
            break
        unit, fraction = _NANOSECONDS[piece[3]], piece[2] or ""
        total += int(piece[1] or "0") * unit + (
            int(fraction) * unit // 10 ** len(fraction) if fraction else 0
        )
        position += piece.end()
    if not rest or position < len(rest) or total > _BIGGEST:
        raise InvalidArgument(
            f'duration "{text}" is malformed',
            hint="write numbers with units: ns, us, ms, s, m or h, as in 90s, 1h30m or 500ms",
        )
    return sign * total


def render_duration(value: timedelta) -> str:
    """As Go prints it: `1h30m0s`, `1.5s`, `100ms`, `0s`."""
    total = round(value / timedelta(microseconds=1))
    if total == 0:
        return "0s"
    sign, total = ("-", -total) if total < 0 else ("", total)
    if total < 1_000:
        return f"{sign}{total}µs"
    if total < 1_000_000:
        return f"{sign}{_decimal(total, 1_000)}ms"
    minutes, rest = divmod(total, 60_000_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{_decimal(rest, 1_000_000)}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{text}"
    return f"{sign}{minutes}m{text}" if minutes else f"{sign}{text}"


def _decimal(value: int, unit: int) -> str:
    """`value / unit` without a trailing zero or point."""
    whole, rest = divmod(value, unit)
    digits = str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
