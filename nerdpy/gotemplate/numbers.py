"""Pure: printf's verbs for integers and floats."""

import math

from nerdpy.gotemplate.directive import Directive
from nerdpy.gotemplate.printing import float_text, not_finite
from nerdpy.gotemplate.strings import padded, quote

_BASES = {
    "b": ("b", "0b"),
    "o": ("o", "0"),
    "O": ("o", "0o"),
    "x": ("x", "0x"),
    "X": ("X", "0X"),
    "d": ("d", ""),
}


def integer_verb(value: int, directive: Directive) -> str:
    verb = "d" if directive.verb == "v" else directive.verb
    if verb == "c":
        return padded(_character(value), directive)
    if verb == "q":
        return padded(quote(_character(value), "'", is_ascii="+" in directive.flags), directive)
    if verb == "U":
        return padded(_unicode(value, directive), directive)
    form, prefix = _BASES[verb]
    digits = format(abs(value), form)
    if directive.precision is not None:
        digits = "" if not (directive.precision or value) else digits.rjust(directive.precision, "0")
    if not ("#" in directive.flags or verb == "O") or (verb == "o" and digits.startswith("0")):
        prefix = ""
    sign = _sign(value < 0, directive)
    if directive.pads_zeros and directive.precision is None:
        digits = digits.rjust((directive.width or 0) - len(sign), "0")
    return _spaced(sign + prefix + digits, directive)


def _spaced(text: str, directive: Directive) -> str:
    return text.ljust(directive.width or 0) if directive.pads_right else text.rjust(directive.width or 0)


def _sign(is_negative: bool, directive: Directive) -> str:
    if is_negative:
        return "-"
    if "+" in directive.flags:
        return "+"
    return " " if " " in directive.flags else ""


def _character(value: int) -> str:
    is_valid = 0 <= value < 0x110000 and not 0xD800 <= value < 0xE000
    return chr(value) if is_valid else "\N{REPLACEMENT CHARACTER}"


def _unicode(value: int, directive: Directive) -> str:
    text = f"U+{value % 2**64:0{max(4, directive.precision or 0)}X}"
    is_shown = "#" in directive.flags and 0 <= value < 0x110000 and chr(value).isprintable()
    return f"{text} '{chr(value)}'" if is_shown else text


def float_verb(value: float, directive: Directive) -> str:
    if not math.isfinite(value):
        text = not_finite(value)
        text = text if "+" in directive.flags or value != math.inf else text[1:]
        text = "+Inf" if value == math.inf and directive.verb == "v" else text
        return _spaced(text, directive)
    is_negative = math.copysign(1, value) < 0
    digits = _digits(abs(value), directive)
    sign = _sign(is_negative, directive)
    if directive.pads_zeros:
        digits = digits.rjust((directive.width or 0) - len(sign), "0")
    return _spaced(sign + digits, directive)


def _digits(value: float, directive: Directive) -> str:
    """An absolute value in the form that the verb asks for."""
    verb, precision = directive.verb, directive.precision
    if verb in "fFeE":
        return format(value, f".{6 if precision is None else precision}{verb}")
    if verb in "xX":
        return _hexadecimal(value, is_upper=verb == "X")
    if verb == "b":
        return _binary(value)
    if precision is None:
        return float_text(value, letter="E" if verb == "G" else "e")
    return format(value, f".{max(precision, 1)}{'G' if verb == 'G' else 'g'}")


def _hexadecimal(value: float, *, is_upper: bool) -> str:
    mantissa, _, exponent = value.hex().partition("p")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    text = f"{whole}{f'.{fraction}' if fraction else ''}p{int(exponent):+03d}"
    return text.upper() if is_upper else text


def _binary(value: float) -> str:
    if not value:
        return "0p-1074"
    mantissa, exponent = math.frexp(value)
    return f"{int(mantissa * 2**53)}p{exponent - 53:+d}"
