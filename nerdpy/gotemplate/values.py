"""Pure: how Python's values look to a template: kinds, type names, truth, and the two shapes of JSON objects.

A dataclass instance is a struct: its fields and its CamelCase methods and properties are the template's.
A mapping is a map. JSON objects that stand for Go structs are wrapped in `Struct`, real maps with a known
type of element in `TypedMap`: only the difference tells what a missing key means.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import NoneType
from typing import Any

from nerdpy.dataclass import fields, is_dataclass


class Invalid:
    """The value of a missing map key: it prints `<no value>`, is false, and has no fields."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "INVALID"


class NilPointer:
    """The value of a struct's field that points nowhere: it prints `<nil>`; its fields are errors."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NIL_POINTER"


_LONE = "[\ud800-\udc7f\udd00-\udfff]"
"""Surrogates that stand for no byte."""

INVALID = Invalid()
NIL_POINTER = NilPointer()


class Struct(dict[str, Any]):
    """A JSON object that stands for a Go struct.

    A capitalised name finds its key whatever the case (`.ID` finds `Id`); a field that the JSON left out
    has the value in `omitted`; any other name is an error.
    """

    def __init__(
        self, values: Mapping[str, Any], *, name: str = "object", omitted: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(values)
        self.name = name
        self.omitted = omitted or {}

    def find(self, name: str) -> Any:
        """The field's value, or KeyError."""
        if name in self:
            return self[name]
        if name in self.omitted:
            return self.omitted[name]
        if name[:1].isupper():
            for key, value in self.items():
                if key.casefold() == name.casefold():
                    return value
        raise KeyError(name)


class TypedMap(dict[str, Any]):
    """A Go map whose elements have one type: `zero` is what `index` gives for a missing key.

    One that `is_nil` is an empty map to templates, and null in JSON.
    """

    def __init__(self, values: Mapping[str, Any], *, zero: Any = "", is_nil: bool = False) -> None:
        super().__init__(values)
        self.zero = zero
        self.is_nil = is_nil


def is_struct(value: Any) -> bool:
    return isinstance(value, Struct) or (is_dataclass(value) and not isinstance(value, type))


def fields_of(value: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of a struct's fields, in order."""
    if isinstance(value, Struct):
        yield from value.items()
    else:
        yield from ((field.name, getattr(value, field.name)) for field in fields(value))


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "string"),
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (NoneType, "nil"),
    (Invalid, "invalid"),
    (NilPointer, "nil"),
    ((list, tuple, bytes, set, frozenset), "slice"),
    (datetime, "time"),
    (Struct, "struct"),
    (Mapping, "map"),
)


def kind_of(value: Any) -> str:
    """`invalid nil bool int float string struct map slice time func other`."""
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    if is_struct(value):
        return "struct"
    return "func" if callable(value) else "other"


_TYPE_NAMES = {
    "invalid": "<nil>",
    "nil": "<nil>",
    "bool": "bool",
    "int": "int",
    "float": "float64",
    "string": "string",
    "time": "time.Time",
    "func": "func",
}


def type_name(value: Any) -> str:
    """The type as Go's messages and %T name it."""
    kind = kind_of(value)
    if kind == "slice":
        return _slice_name(value)
    if kind == "map":
        return f"map[string]{_element_name(value)}"
    if isinstance(value, Struct):
        return value.name
    return _TYPE_NAMES.get(kind) or type(value).__name__


def _slice_name(value: Any) -> str:
    if isinstance(value, bytes):
        return "[]uint8"
    return "[]string" if value and all(isinstance(item, str) for item in value) else "[]interface {}"


def _element_name(value: Any) -> str:
    is_texts = isinstance(value, TypedMap) and value.zero == "" and isinstance(value.zero, str)
    return "string" if is_texts else "interface {}"


def is_true(value: Any) -> bool:
    """Go's truth: zero, nil and empty are false; a struct is always true."""
    return True if kind_of(value) in {"struct", "time"} else bool(value)


def sorted_items(value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """A map's entries in the order that Go prints and ranges over."""
    return sorted(value.items(), key=lambda item: (type(item[0]).__name__, item[0]))


def bytes_of(text: str) -> bytes:
    """Go's strings are bytes; broken UTF-8 is kept as surrogates on our side.

    Other surrogates come from JSON (`"\\ud800"`); Go has none of them and reads U+FFFD.
    """
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return re.sub(_LONE, "\N{REPLACEMENT CHARACTER}", text).encode(errors="surrogateescape")


def text_of(octets: bytes) -> str:
    return octets.decode(errors="surrogateescape")
