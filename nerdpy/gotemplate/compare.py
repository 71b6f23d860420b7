"""Pure: `eq ne lt le gt ge`, with Go's strictness: an int never equals a float, nor a text a number."""

from typing import Any

from nerdpy.gotemplate.printing import printed
from nerdpy.gotemplate.values import INVALID, NIL_POINTER, kind_of, type_name

_BASIC = {"bool", "int", "float", "string"}


class BadCall(ValueError):
    """A function cannot work on these arguments; the message is Go's."""


def equal(first: Any, *others: Any) -> bool:
    """Is `first` equal to one of the others?"""
    if not others:
        raise BadCall("missing argument for comparison")
    return any(_equal(first, other) for other in others)


def _equal(first: Any, other: Any) -> bool:
    kinds = kind_of(first), kind_of(other)
    if set(kinds) <= {"nil", "invalid"}:
        return True
    if kinds[0] in {"nil", "invalid"} or kinds[1] in {"nil", "invalid"}:
        return False
    if kinds[0] != kinds[1] and (kinds[0] in _BASIC or kinds[1] in _BASIC):
        raise _incompatible(first, other)
    for value, kind in zip((other, first), reversed(kinds), strict=True):
        if kind in {"slice", "map", "func"}:
            raise BadCall(f"non-comparable type {printed(value)}: {type_name(value)}")
    return bool(kinds[0] == kinds[1] and first == other)


def _incompatible(first: Any, other: Any) -> BadCall:
    return BadCall(f"incompatible types for comparison: {type_name(first)} and {type_name(other)}")


def not_equal(first: Any, other: Any) -> bool:
    return not _equal(first, other)


def less(first: Any, other: Any) -> bool:
    kinds = kind_of(first), kind_of(other)
    if kinds[0] not in _BASIC or kinds[1] not in _BASIC:
        raise BadCall("invalid type for comparison")
    if kinds[0] != kinds[1]:
        raise _incompatible(first, other)
    if kinds[0] == "bool":
        raise BadCall("invalid type for comparison")
    return bool(first < other)


def less_or_equal(first: Any, other: Any) -> bool:
    return less(first, other) or _equal(first, other)


def greater(first: Any, other: Any) -> bool:
    return not less_or_equal(first, other)


def greater_or_equal(first: Any, other: Any) -> bool:
    return not less(first, other)


def is_nil(value: Any) -> bool:
    return value is None or value is INVALID or value is NIL_POINTER
