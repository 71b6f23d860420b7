"""Pure: %#v, a value as Go source."""

from typing import Any

from nerdpy.gotemplate.printing import printed
from nerdpy.gotemplate.strings import quote
from nerdpy.gotemplate.values import fields_of, kind_of, sorted_items, type_name


def go_syntax(value: Any) -> str:
    kind = kind_of(value)
    if kind in {"slice", "map", "struct"}:
        return type_name(value) + "{" + ", ".join(_items(value, kind)) + "}"
    if kind == "string":
        return quote(value, '"')
    return "interface {}(nil)" if value is None else printed(value)


def _items(value: Any, kind: str) -> list[str]:
    if kind == "slice":
        return [go_syntax(item) for item in value]
    if kind == "map":
        return [f"{go_syntax(key)}:{go_syntax(item)}" for key, item in sorted_items(value)]
    return [f"{name}:{go_syntax(item)}" for name, item in fields_of(value)]
