"""Pure: sizes with units, as docker reads and writes them; in the code a size is an `int` of bytes."""

import re

from nerdpy.errors import InvalidArgument

_LETTERS = "kmgtp"
_SIZE = r"(?ia)(\d*\.?\d*(?:e[+-]?\d+)?) ?(?:([kmgtp])(?:b|ib)?|b)?"
_BIGGEST = (1 << 63) - 1
_BINARY_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def parse_ram_size(text: str) -> int:
    """`512`, `6m`, `1.5g`, `1GiB`: bytes, every unit a power of 1024."""
    return _parse(text, 1024)


def parse_decimal_size(text: str) -> int:
    """`10m` as disks and log files count: bytes, every unit a power of 1000."""
    return _parse(text, 1000)


def render_ram_size(size: int) -> str:
    """`1.5GiB`: four digits, in the largest unit that leaves at least one before the point."""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(_BINARY_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.4g}{_BINARY_UNITS[unit]}"


def _parse(text: str, base: int) -> int:
    matched = re.fullmatch(_SIZE, text)
    if not matched or not any(letter.isdecimal() for letter in matched[1]) or matched[1][:1] in "eE":
        raise InvalidArgument(
            f'size "{text}" is malformed',
            hint="write a number and a unit: b, k, m, g, t or p, as in 512m or 1.5g",
        )
    power = _LETTERS.index(matched[2].lower()) + 1 if matched[2] else 0
    value = float(matched[1]) * float(base**power)
    if value > _BIGGEST:
        raise InvalidArgument(f'size "{text}" is too large')
    return int(value)
