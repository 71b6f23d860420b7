"""Pure: %#v, a value as Go source."""

from typing import Any

from nerdpy.gotemplate.printing import float_text, printed
from nerdpy.gotemplate.strings import quote
from nerdpy.gotemplate.values import fields_of, kind_of, sorted_items, type_name


def go_syntax(value: Any) -> str:
    match kind_of(value):
        case "string":
            return quote(value, '"')
        case "nil" | "invalid":
            return "interface {}(nil)" if value is None else "<nil>"
        case "float":
            return float_text(value)
        case "slice":
            return type_name(value) + "{" + ", ".join(map(go_syntax, value)) + "}"
        case "map":
            pairs = (f"{go_syntax(key)}:{go_syntax(item)}" for key, item in sorted_items(value))
            return type_name(value) + "{" + ", ".join(pairs) + "}"
        case "struct":
            fields = ", ".join(f"{name}:{go_syntax(item)}" for name, item in fields_of(value))
            return type_name(value) + "{" + fields + "}"
    return printed(value)
