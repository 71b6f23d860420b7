"""Pure: `printf`: Go's verbs, flags, widths and its way to show mistakes inside the text."""

import re
from typing import Any

from nerdpy.dataclass import replace
from nerdpy.gotemplate.directive import Directive
from nerdpy.gotemplate.numbers import float_verb, integer_verb
from nerdpy.gotemplate.printing import printed
from nerdpy.gotemplate.strings import string_verb
from nerdpy.gotemplate.syntax import go_syntax
from nerdpy.gotemplate.values import fields_of, kind_of, sorted_items, type_name

WIDEST = 1_000_000
"""Go's bound on width and precision; beyond it the verb is shown as a mistake."""

WITH_NAMES = "N"
"""%+v: structs show their fields' names."""
AS_SOURCE = "S"
"""%#v: the value as Go source."""

_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)"
    r"(?:(?P<width_index>\[\d*\])?(?P<width>(?P<digits>\d+)|\*))?"
    r"(?P<dot>\.)?(?(dot)(?:(?P<precision_index>\[\d*\])?(?P<precision>(?P<decimals>\d+)|\*))?)"
    r"(?P<index>\[[^\]]*\]?)?(?P<verb>.?)",
    re.DOTALL,
)
_FITTING = {
    "bool": "tv",
    "int": "bcdoOqxXUv",
    "float": "beEfFgGxXv",
    "string": "sqxXv",
    "time": "sqxXv",
}


class Formatter:
    """One call of printf: walks over the format and takes arguments."""

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        self.arguments = arguments
        self.next = 0
        self.was_reordered = False
        self.is_good_index = True

    def text(self, template: str) -> str:
        pieces: list[str] = []
        at = 0
        for found in _VERB.finditer(template):
            pieces.append(template[at : found.start()])
            at = found.end()
            if any(int((number or "")[:-1] or 0) > WIDEST for number in found.group("digits", "decimals")):
                pieces.append("%!(NOVERB)")
                at = len(template)
                break
            pieces.append(self._one(found))
        pieces.append(template[at:])
        if not self.was_reordered and self.next < len(self.arguments):
            extra = ", ".join(_with_type(value) for value in self.arguments[self.next :])
            pieces.append(f"%!(EXTRA {extra})")
        return "".join(pieces)

    def _one(self, found: re.Match[str]) -> str:
        self.is_good_index = True
        mistakes: list[str] = []
        flags = found["flags"]
        width = self._number(found["width_index"], found["width"], "WIDTH", mistakes)
        if width is not None and width < 0:
            flags, width = flags + "-", -width
        precision = self._number(found["precision_index"], found["precision"], "PREC", mistakes)
        if precision is not None and precision < 0:
            precision = None
            mistakes.append("%!(BADPREC)")
        elif precision is None and found["dot"] and found["precision"] is None:
            precision = 0
        self._jump(found["index"])
        mistakes.append(self._shown(Directive(found["verb"], flags, width, precision)))
        return "".join(mistakes)

    def _number(self, index: str | None, text: str | None, name: str, mistakes: list[str]) -> int | None:
        """A width or precision; `*` takes it from the arguments."""
        self._jump(index)
        if text is None:
            return None
        value: Any = None
        if text != "*":
            return int(text)
        if self.next < len(self.arguments):
            value = self.arguments[self.next]
            self.next += 1
        if kind_of(value) != "int" or abs(value) > WIDEST:
            mistakes.append(f"%!(BAD{name})")
            return None
        return int(value)

    def _jump(self, index: str | None) -> None:
        """`[3]` goes to the third argument."""
        if index is None:
            return
        self.was_reordered = True
        number = int(index[1:-1]) if index[1:-1].isdecimal() and index.endswith("]") else 0
        if 1 <= number <= len(self.arguments):
            self.next = number - 1
        else:
            self.is_good_index = False

    def _shown(self, directive: Directive) -> str:
        verb = directive.verb
        if not verb:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        if not self.is_good_index:
            return f"%!{verb}(BADINDEX)"
        if self.next >= len(self.arguments):
            return f"%!{verb}(MISSING)"
        value = self.arguments[self.next]
        self.next += 1
        if verb == "v":  # there, these two flags mean something else, for the value and all in it
            flags = directive.flags.replace("+", WITH_NAMES).replace("#", AS_SOURCE)
            directive = replace(directive, flags=flags)
        return formatted(value, directive)


def _with_type(value: Any) -> str:
    return "<nil>" if kind_of(value) in {"nil", "invalid"} else f"{type_name(value)}={printed(value)}"


def _bad(value: Any, directive: Directive) -> str:
    """The verb does not fit: the value is shown as %v, with the same flags and width."""
    shown = formatted(value, replace(directive, verb="v"))
    return f"%!{directive.verb}({type_name(value)}={shown})"


def formatted(value: Any, directive: Directive) -> str:
    """One argument under one verb."""
    kind = kind_of(value)
    if directive.verb == "T":
        return string_verb(type_name(value), _with_verb(directive, "s"))
    if AS_SOURCE in directive.flags and directive.verb == "v":
        return string_verb(go_syntax(value), _with_verb(directive, "s"))
    if kind in {"nil", "invalid"}:
        is_fitting = directive.verb == "v"
        return (
            string_verb("<nil>", _with_verb(directive, "s")) if is_fitting else f"%!{directive.verb}(<nil>)"
        )
    if kind in _FITTING:
        return _scalar(value, kind, directive)
    if kind in {"slice", "map", "struct"}:
        return _compound(value, kind, directive)
    return string_verb(str(value), directive) if directive.verb in "sv" else _bad(value, directive)


def _with_verb(directive: Directive, verb: str) -> Directive:
    return Directive(verb, directive.flags.replace("#", ""), directive.width, directive.precision)


def _scalar(value: Any, kind: str, directive: Directive) -> str:
    if directive.verb not in _FITTING[kind]:
        return _bad(value, directive)
    if kind == "int":
        return integer_verb(int(value), directive)
    if kind == "float":
        return float_verb(float(value), directive)
    text = value if kind == "string" else printed(value)
    if kind == "bool":
        directive = Directive("s", directive.flags, directive.width)
    return string_verb(text, directive)


def _compound(value: Any, kind: str, directive: Directive) -> str:
    """A verb on a slice, map or struct is a verb on each element."""
    if isinstance(value, bytes) and directive.verb in "sqxX":
        return string_verb(value.decode(errors="surrogateescape"), directive)
    if kind == "slice":
        return "[" + " ".join(_element(item, directive) for item in value) + "]"
    if kind == "map":
        pairs = (
            f"{formatted(key, directive)}:{_element(item, directive)}" for key, item in sorted_items(value)
        )
        return "map[" + " ".join(pairs) + "]"
    has_names = WITH_NAMES in directive.flags
    items = (f"{name}:" * has_names + _element(item, directive) for name, item in fields_of(value))
    return "{" + " ".join(items) + "}"


def _element(value: Any, directive: Directive) -> str:
    return formatted(value, directive) if kind_of(value) != "nil" else "<nil>"


def sprintf(template: str, *arguments: Any) -> str:
    """fmt.Sprintf."""
    return Formatter(arguments).text(template)
