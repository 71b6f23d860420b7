"""Pure: what a template may call: Go's own functions, and those that docker adds."""

from collections.abc import Callable, Mapping
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.gotemplate import compare, escape
from nerdpy.gotemplate.compare import BadCall, is_nil
from nerdpy.gotemplate.encode import json_text
from nerdpy.gotemplate.printing import sprint, sprintln
from nerdpy.gotemplate.values import INVALID, TypedMap, bytes_of, is_true, kind_of, text_of, type_name
from nerdpy.gotemplate.verbs import WIDEST, sprintf


@dataclass(frozen=True)
class Function:
    """`parameters` are types: `any`, `string`, `int` or `[]string`; `rest` is the type of further ones."""

    call: Callable[..., Any]
    parameters: tuple[str, ...] = ()
    rest: str | None = None


def _item_number(value: Any, most: int) -> int:
    if is_nil(value):
        raise BadCall("cannot index slice/array with nil")
    if kind_of(value) != "int":
        raise BadCall(f"cannot index slice/array with type {type_name(value)}")
    if not 0 <= value <= most:
        raise BadCall(f"index out of range: {value}")
    return int(value)


def index(item: Any, *places: Any) -> Any:
    """`index x 1 "a"` is x[1]["a"]; a missing key gives the zero of the map's elements."""
    if is_nil(item):
        raise BadCall("index of untyped nil")
    for place in places:
        if is_nil(item):
            raise BadCall("index of nil pointer")
        item = _indexed(item, place)
    return item


def _indexed(item: Any, place: Any) -> Any:
    kind = kind_of(item)
    if kind in {"slice", "string"}:
        items = bytes_of(item) if kind == "string" else item
        number = _item_number(place, len(items))
        if number == len(items):
            raise BadCall(f"reflect: {kind} index out of range")
        return items[number]
    if isinstance(item, Mapping):
        if is_nil(place):
            raise BadCall("value is nil; should be of type string")
        if kind_of(place) != "string":
            raise BadCall(f"value has type {type_name(place)}; should be string")
        return item[place] if place in item else _zero_of(item)
    raise BadCall(f"can't index item of type {type_name(item)}")


def _zero_of(item: Mapping[Any, Any]) -> Any:
    return item.zero if isinstance(item, TypedMap) else None


def slice_(item: Any, *places: Any) -> Any:
    if is_nil(item):
        raise BadCall("slice of untyped nil")
    kind = kind_of(item)
    if len(places) > 3:
        raise BadCall(f"too many slice indexes: {len(places)}")
    if kind not in {"slice", "string"}:
        raise BadCall(f"can't slice item of type {type_name(item)}")
    if kind == "string" and len(places) == 3:
        raise BadCall("cannot 3-index slice a string")
    items = bytes_of(item) if kind == "string" else item
    ends = [_item_number(place, len(items)) for place in places]
    for low, high in zip(ends, ends[1:], strict=False):
        if low > high:
            raise BadCall(f"invalid slice index: {low} > {high}")
    part = items[slice(*ends[:2])] if len(ends) > 1 else items[ends[0] if ends else 0 :]
    return text_of(part) if kind == "string" else part


def length(item: Any) -> int:
    if is_nil(item):
        raise BadCall("len of nil pointer")
    kind = kind_of(item)
    if kind == "string":
        return len(bytes_of(item))
    if kind in {"slice", "map"}:
        return len(item)
    raise BadCall(f"len of type {type_name(item)}")


def call(function: Any, *arguments: Any) -> Any:
    if is_nil(function):
        raise BadCall("call of nil")
    if not callable(function):
        raise BadCall(f"non-function {sprint([function])} of type {type_name(function)}")
    return function(*arguments)


def _escaped(escape_text: Callable[[str], str]) -> Function:
    return Function(lambda *values: escape_text(sprint([_nothing_said(each) for each in values])), rest="any")


def _nothing_said(value: Any) -> Any:
    return "<no value>" if value is None or value is INVALID else value


BUILTIN: dict[str, Function] = {
    "and": Function(lambda *values: values[-1], ("any",), "any"),
    "or": Function(lambda *values: values[-1], ("any",), "any"),
    "not": Function(lambda value: not is_true(value), ("any",)),
    "call": Function(call, ("any",), "any"),
    "html": _escaped(escape.html),
    "js": _escaped(escape.js),
    "urlquery": _escaped(escape.urlquery),
    "index": Function(index, ("any",), "any"),
    "slice": Function(slice_, ("any",), "any"),
    "len": Function(length, ("any",)),
    "print": Function(lambda *values: sprint(list(values)), rest="any"),
    "println": Function(lambda *values: sprintln(list(values)), rest="any"),
    "printf": Function(sprintf, ("string",), "any"),
    "eq": Function(compare.equal, ("any",), "any"),
    "ne": Function(compare.not_equal, ("any", "any")),
    "lt": Function(compare.less, ("any", "any")),
    "le": Function(compare.less_or_equal, ("any", "any")),
    "gt": Function(compare.greater, ("any", "any")),
    "ge": Function(compare.greater_or_equal, ("any", "any")),
}
"""Go's. The evaluator itself stops `and` and `or` at the first argument that decides."""


def title(text: str) -> str:
    """Each word's first letter in upper case; the rest stays (unlike Python's)."""
    letters: list[str] = []
    before = " "
    for letter in text:
        is_inside = before.isalnum() or before == "_" if before.isascii() else not before.isspace()
        letters.append(letter if is_inside or len(letter.upper()) > 1 else letter.upper())
        before = letter
    return "".join(letters)


def split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def pad(text: str, before: int, after: int) -> str:
    """Spaces on both sides; an empty text stays empty."""
    if not text:
        return ""
    if before < 0 or after < 0:
        raise BadCall("strings: negative Repeat count")
    if before + after > WIDEST:
        raise BadCall(f"more than {WIDEST} spaces")
    return f"{' ' * before}{text}{' ' * after}"


def truncate(text: str, length: int) -> str:
    octets = bytes_of(text)
    if length < 0:
        raise BadCall("slice bounds out of range")
    return text if len(octets) < length else text_of(octets[:length])


DOCKER: dict[str, Function] = {
    "json": Function(json_text, ("any",)),
    "split": Function(split, ("string", "string")),
    "join": Function(lambda items, separator: separator.join(items), ("[]string", "string")),
    "title": Function(title, ("string",)),
    "lower": Function(str.lower, ("string",)),
    "upper": Function(str.upper, ("string",)),
    "pad": Function(pad, ("string", "int", "int")),
    "truncate": Function(truncate, ("string", "int")),
}

ALL = BUILTIN | DOCKER

_UNCHANGED = Function(lambda value, *_: value, ("any",), "any")
HEADER = BUILTIN | dict.fromkeys(DOCKER, _UNCHANGED)
"""For the header of `table TEMPLATE`: docker's functions leave a column's title alone."""
