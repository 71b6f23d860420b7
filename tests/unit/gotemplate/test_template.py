"""Templates against what Go 1.26 says to the same text and the same values (cases/*.txt).

A case is a template, and below it `= output` or `! error`; ⏎ stands for a newline, ␠ for a space at the end.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nerdpy.errors import TemplateError
from nerdpy.gotemplate.template import Template
from nerdpy.gotemplate.values import Struct, TypedMap

CASES = sorted(Path(__file__).with_name("cases").glob("*.txt"))


@dataclass(frozen=True)
class Thing:
    """What the cases call `.R`."""

    Name: str
    Count: int
    Ratio: float
    Inner: object
    Labels: dict[str, str]
    Tags: list[str]

    def Label(self, key: str) -> str:
        return self.Labels.get(key, "")

    def Add(self, first: int, second: int) -> int:
        return first + second

    def Self(self) -> "Thing":
        return self


VALUE: dict[str, Any] = {
    "S": "hello",
    "E": "",
    "I": 42,
    "Neg": -7,
    "Z": 0,
    "F": 3.5,
    "Tiny": 1.5e-7,
    "Huge": 1e21,
    "Mil": 1e6,
    "Big": 12345678901234567,
    "T": True,
    "FF": False,
    "N": None,
    "L": [1, "two", 2.5, None],
    "LS": ["a", "b", "c"],
    "LI": [3, 1, 2],
    "LE": [],
    "M": {"b": "x", "a": 1, "n": None},
    "ME": {},
    "MS": TypedMap({"k": "v", "c": "d"}, zero=""),
    "U": "héllo",
    "H": "<a href='x'>&\"=",
    "NL": "a\nb\t\\",
    "C": "日本",
    "R": Thing("web", 3, 0.5, None, TypedMap({"a.b": "ab", "z": "1"}, zero=""), ["x", "y"]),
    "LM": [{"x": 1}, {"x": 2}],
    "LL": [[1, 2], [3]],
}


def cases() -> list[Any]:
    found = []
    for path in CASES:
        lines = [line for line in path.read_text().splitlines() if line]
        for template, said in zip(lines[::2], lines[1::2], strict=True):
            found.append(
                pytest.param(_plain(template), said[0], _plain(said[2:]), id=f"{path.stem}:{template}")
            )
    return found


def _plain(text: str) -> str:
    return text.replace("⏎", "\n").replace("␠", " ")


@pytest.mark.parametrize(("template", "kind", "said"), cases())
def test_a_template_says_what_go_says(template: str, kind: str, said: str) -> None:
    if kind == "=":
        assert Template.parse(template).render(VALUE) == said
        return
    with pytest.raises(TemplateError) as raised:
        Template.parse(template).render(VALUE)
    assert raised.value.message == said


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{.R.Foo}}", 'template: :1:4: executing "" at <.R.Foo>: can\'t evaluate field Foo in type Thing'),
        (
            "{{.R.name}}",
            'template: :1:4: executing "" at <.R.name>: can\'t evaluate field name in type Thing',
        ),
        ("{{.S.x}}", 'template: :1:4: executing "" at <.S.x>: can\'t evaluate field x in type string'),
        ("a\nb{{.I.x}}", 'template: :2:5: executing "" at <.I.x>: can\'t evaluate field x in type int'),
        ("{{len nil}}", 'template: :1:2: executing "" at <len nil>: error calling len: len of nil pointer'),
        ("{{1i}}", "template: :1: complex numbers are not supported: 1i"),
    ],
)
def test_errors_with_words_of_our_own_still_say_where(template: str, message: str) -> None:
    with pytest.raises(TemplateError) as raised:
        Template.parse(template).render(VALUE)
    assert raised.value.message == message


def test_a_missing_key_is_an_error_if_it_is_asked_to_be() -> None:
    template = Template.parse("{{.M.q}}")
    assert template.render(VALUE) == "<no value>"
    with pytest.raises(TemplateError, match='map has no entry for key "q"'):
        template.render(VALUE, is_missing_key_error=True)
    with pytest.raises(TemplateError, match='map has no entry for key "zz"'):
        Template.parse("{{.zz.yy}}").render(VALUE, is_missing_key_error=True)


@pytest.mark.parametrize(
    ("template", "output"),
    [
        ("{{.ID}} {{.Id}}", "abc abc"),
        ("{{.State.Health}}", "<nil>"),
        ("{{if .State.Health}}x{{else}}none{{end}}", "none"),
        ("{{.Missing}}", "!can't evaluate field Missing in type box"),
        ("{{.id}}", "!can't evaluate field id in type box"),
        ("{{.Labels.q}}|{{index .Labels `q`}}", "<no value>|"),
        ("{{json .}}", '{"Id":"abc","State":{"Pid":1},"Labels":{"a":"<","b":"2"}}'),
        ("{{.State}}", "{1}"),
        ("{{.State.Health.Status}}", "!nil pointer evaluating *object.Status"),
    ],
)
def test_a_json_object_can_stand_for_a_struct(template: str, output: str) -> None:
    state = Struct({"Pid": 1}, omitted={"Health": None})
    box = Struct({"Id": "abc", "State": state, "Labels": TypedMap({"b": "2", "a": "<"})}, name="box")
    if output.startswith("!"):
        with pytest.raises(TemplateError, match=output[1:].replace("*", r"\*")):
            Template.parse(template).render(box)
    else:
        assert Template.parse(template).render(box) == output


def test_one_template_renders_many_values() -> None:
    template = Template.parse("{{$x := .}}{{$x}}{{$x = 0}}")
    assert [template.render(number) for number in range(3)] == ["0", "1", "2"]


def test_broken_utf8_passes_through() -> None:
    assert Template.parse("{{slice .U 1 2}}").render(VALUE).encode(errors="surrogateescape") == b"\xc3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{{define "x"}}{{template "x"}}{{end}}{{template "x"}}', "exceeded maximum template depth"),
        ("{{" + "(" * 5000 + "1" + ")" * 5000 + "}}", "parentheses are nested too deep"),
        ("{{if 1}}" * 5000 + "{{end}}" * 5000, "control structures are nested too deep"),
        ('{{pad "x" 2000000000 0}}', "more than 1000000 spaces"),
        ("{{.A" + ".A" * 100_000 + "}}", "nil pointer evaluating"),
        ('{{printf "%d %d %[99999999999999999999]d" 1 2 3}}', None),
        ('{{printf "%99999999999999999999d" 1}}', None),
    ],
)
def test_a_malicious_template_is_an_error_and_no_crash(text: str, message: str | None) -> None:
    if message is None:
        assert len(Template.parse(text).render({"A": None})) < 100
    else:
        with pytest.raises(TemplateError, match=message):
            Template.parse(text).render({"A": None})
