"""Pure: values as Go's encoding/json writes them: maps sorted, structs in order, Go's floats and escapes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from nerdpy.gotemplate.printing import shortest
from nerdpy.gotemplate.values import TypedMap, bytes_of, fields_of, kind_of, sorted_items

_ALWAYS = {"\u2028": "\\u2028", "\u2029": "\\u2029"}
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def json_text(value: Any, *, is_html_safe: bool = False) -> str:
    """One line of JSON. With `is_html_safe`, `<`, `>` and `&` are escaped, as in Go unless switched off."""
    if marshal := getattr(value, "MarshalJSON", None):
        return str(marshal())
    kind = kind_of(value)
    if kind in _SCALARS:
        return _SCALARS[kind](value)
    if kind == "slice":
        return "[" + ",".join(json_text(item, is_html_safe=is_html_safe) for item in value) + "]"
    if isinstance(value, TypedMap) and value.is_nil:
        return "null"
    if kind in {"map", "struct"}:
        return _object(sorted_items(value) if kind == "map" else list(fields_of(value)), is_html_safe)
    return _string(_time(value) if kind == "time" else str(value), is_html_safe)


def _object(items: list[tuple[Any, Any]], is_html_safe: bool) -> str:
    pairs = (
        f"{_string(str(key), is_html_safe)}:{json_text(item, is_html_safe=is_html_safe)}"
        for key, item in items
    )
    return "{" + ",".join(pairs) + "}"


def _string(text: str, is_html_safe: bool) -> str:
    from json.encoder import encode_basestring

    quoted = encode_basestring(text)
    if not quoted.isascii():
        quoted = "".join(_ALWAYS.get(letter, letter) for letter in quoted)
        quoted = bytes_of(quoted).decode(errors="replace")
    return quoted.translate(_HTML) if is_html_safe else quoted


def _float(value: float) -> str:
    digits, exponent = shortest(value)
    if value and (exponent < -6 or exponent >= 21):
        rest = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{'-' if value < 0 else ''}{digits[0]}{rest}e{exponent:+d}"
    sign = "-" if value < 0 else ""
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole, fraction = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _time(value: datetime) -> str:
    """RFC 3339, without the zeros at the end of the fraction."""
    text = (
        value.isoformat(timespec="microseconds") if value.microsecond else value.isoformat(timespec="seconds")
    )
    head, dot, tail = text.partition(".")
    if dot:
        head += "." + tail[:6].rstrip("0")
        text = head + tail[6:]
    return text.replace("+00:00", "Z") if value.tzinfo else text + "Z"


def indented(compact: Any, *, is_html_safe: bool = False, depth: int = 0) -> str:
    """JSON over several lines, 4 spaces a level, as `inspect` prints it."""
    kind = kind_of(compact)
    if kind not in {"slice", "map", "struct"} or not compact or hasattr(compact, "MarshalJSON"):
        return json_text(compact, is_html_safe=is_html_safe)
    inner, outer = "\n" + "    " * (depth + 1), "\n" + "    " * depth
    if kind == "slice":
        items = [indented(item, is_html_safe=is_html_safe, depth=depth + 1) for item in compact]
        return f"[{inner}{f',{inner}'.join(items)}{outer}]"
    pairs = sorted_items(compact) if kind == "map" else list(fields_of(compact))
    lines = [
        f"{_string(str(key), is_html_safe)}: {indented(item, is_html_safe=is_html_safe, depth=depth + 1)}"
        for key, item in pairs
    ]
    return f"{{{inner}{f',{inner}'.join(lines)}{outer}}}"


_SCALARS: dict[str, Callable[[Any], str]] = {
    "nil": lambda _: "null",
    "invalid": lambda _: "null",
    "bool": lambda value: "true" if value else "false",
    "int": lambda value: str(int(value)),
    "float": _float,
}
