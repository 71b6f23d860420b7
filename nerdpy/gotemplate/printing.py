"""Pure: values as Go's fmt prints them with %v and %+v: numbers, `[a b]`, `map[k:v]`, `{a b}`."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from nerdpy.gotemplate.values import INVALID, NIL_POINTER, fields_of, kind_of, sorted_items


def printed(value: Any, *, has_names: bool = False) -> str:
    """What `%v` shows; with `has_names` what `%+v` shows."""
    kind = kind_of(value)
    if kind in {"slice", "map", "struct"}:
        return _compound(value, kind, has_names)
    scalar = _SCALARS.get(kind)
    return scalar(value) if scalar else str(value)


def _compound(value: Any, kind: str, has_names: bool) -> str:
    if kind == "slice":
        return "[" + " ".join(printed(item, has_names=has_names) for item in value) + "]"
    if kind == "map":
        pairs = (f"{printed(key)}:{printed(item, has_names=has_names)}" for key, item in sorted_items(value))
        return "map[" + " ".join(pairs) + "]"
    return "{" + " ".join(_field(name, item, has_names) for name, item in fields_of(value)) + "}"


def _field(name: str, value: Any, has_names: bool) -> str:
    shown = printed(value, has_names=has_names)
    return f"{name}:{shown}" if has_names else shown


def shown(value: Any) -> str:
    """What an action writes: as %v, but nothing at all is `<no value>`."""
    if value is NIL_POINTER:
        return "<nil>"
    return "<no value>" if value is None or value is INVALID else printed(value)


def sprint(values: list[Any]) -> str:
    """fmt.Sprint: spaces between operands when neither is a string."""
    pieces: list[str] = []
    for number, value in enumerate(values):
        if number and not isinstance(value, str) and not isinstance(values[number - 1], str):
            pieces.append(" ")
        pieces.append(printed(value))
    return "".join(pieces)


def sprintln(values: list[Any]) -> str:
    return " ".join(printed(value) for value in values) + "\n"


def shortest(value: float) -> tuple[str, int]:
    """The fewest digits that give `value` again, and the decimal exponent of the first of them."""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    stripped = digits.lstrip("0")
    point = len(whole) - (len(digits) - len(stripped)) + int(exponent or 0)
    return (stripped.rstrip("0") or "0"), (point - 1 if stripped.strip("0") else 0)


def float_text(value: float, *, large: int = 6, letter: str = "e") -> str:
    """A float in the fewest digits; exponents below -4 and from `large` on are written out."""
    if not math.isfinite(value):
        return not_finite(value)
    digits, exponent = shortest(value)
    sign = "-" if math.copysign(1, value) < 0 else ""
    if exponent < -4 or exponent >= large:
        rest = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{rest}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def time_text(value: datetime) -> str:
    """time.Time's text: `2024-01-02 15:04:05.123 +0000 UTC`."""
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    offset = value.strftime("%z") or "+0000"
    zone = "UTC" if offset == "+0000" else (value.tzname() or offset)
    zone = offset if ":" in zone else zone
    return f"{value:%Y-%m-%d %H:%M:%S}{fraction} {offset} {zone}"


_SCALARS: dict[str, Callable[[Any], str]] = {
    "nil": lambda _: "<nil>",
    "invalid": lambda _: "<nil>",
    "bool": lambda value: "true" if value else "false",
    "float": float_text,
    "time": time_text,
}
