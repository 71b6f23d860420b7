"""JSON as Go writes it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from nerdpy.gotemplate.encode import indented, json_text
from nerdpy.gotemplate.values import Struct, TypedMap


@dataclass
class Pair:
    Second: int
    First: str


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        (Struct({"b": 1, "a": 2}), '{"b":1,"a":2}'),
        (Pair(1, "x"), '{"Second":1,"First":"x"}'),
        (TypedMap({}, is_nil=True), "null"),
        (TypedMap({}), "{}"),
        ('<a>&\u2028\x01\x7f"\\\b\f', '"<a>&\\u2028\\u0001\x7f\\"\\\\\\b\\f"'),
        (12345678901234567890, "12345678901234567890"),
        (1.0, "1"),
        (-0.5, "-0.5"),
        (1e-7, "1e-7"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (datetime(2024, 1, 2, 3, 4, 5, 120000, UTC), '"2024-01-02T03:04:05.12Z"'),
        (datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=2))), '"2024-01-02T00:00:00+02:00"'),
    ],
)
def test_values_are_encoded_as_go_does(value: Any, text: str) -> None:
    assert json_text(value) == text


def test_html_is_escaped_where_docker_escapes_it() -> None:
    assert json_text({"k<": "<&>"}, is_html_safe=True) == '{"k\\u003c":"\\u003c\\u0026\\u003e"}'


def test_indented_json_keeps_empty_things_on_one_line() -> None:
    assert indented([Struct({"B": {}, "A": [1, {"y": 2, "x": []}]})]) == (
        "[\n"
        "    {\n"
        '        "B": {},\n'
        '        "A": [\n'
        "            1,\n"
        "            {\n"
        '                "x": [],\n'
        '                "y": 2\n'
        "            }\n"
        "        ]\n"
        "    }\n"
        "]"
    )
    assert indented([]) == "[]"
