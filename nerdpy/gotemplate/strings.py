"""Pure: printf's verbs for text: %s %q %x %X, widths in characters, and Go's quoting."""

from nerdpy.gotemplate.directive import Directive
from nerdpy.gotemplate.values import bytes_of

_SHORT = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\",
}  # fmt: skip


def string_verb(text: str, directive: Directive) -> str:
    if directive.verb in "xX":
        return padded(_hexadecimal(text, directive), directive)
    if directive.precision is not None:
        text = text[: directive.precision]
    if directive.verb == "q":
        is_raw = "#" in directive.flags and _can_be_raw(text)
        text = f"`{text}`" if is_raw else quote(text, '"', is_ascii="+" in directive.flags)
    return padded(text, directive)


def padded(text: str, directive: Directive) -> str:
    """Fill up to the width, with zeros where the flag says so."""
    missing = (directive.width or 0) - len(text)
    if missing <= 0:
        return text
    if directive.pads_right:
        return text + " " * missing
    return ("0" if directive.pads_zeros else " ") * missing + text


def _can_be_raw(text: str) -> bool:
    return all(letter == "\t" or (letter >= " " and letter not in "`\x7f\ufeff") for letter in text)


def _hexadecimal(text: str, directive: Directive) -> str:
    octets = bytes_of(text)
    if directive.precision is not None:
        octets = octets[: directive.precision]
    upper = directive.verb == "X"
    prefix = ("0X" if upper else "0x") if "#" in directive.flags else ""
    digits = [f"{octet:02X}" if upper else f"{octet:02x}" for octet in octets]
    if " " in directive.flags:
        return " ".join(prefix + pair for pair in digits)
    return prefix + "".join(digits) if digits else ""


def quote(text: str, mark: str, *, is_ascii: bool = False) -> str:
    """strconv.Quote and its kin: `text` between two marks, with escapes."""
    return mark + "".join(_quoted_letter(letter, mark, is_ascii) for letter in text) + mark


def _quoted_letter(letter: str, mark: str, is_ascii: bool) -> str:
    code_point = ord(letter)
    if letter == mark:
        return "\\" + letter
    if letter in _SHORT:
        return _SHORT[letter]
    if 0xDC80 <= code_point <= 0xDCFF:
        return f"\\x{code_point - 0xDC00:02x}"
    if letter.isprintable() and (code_point < 0x7F or not is_ascii):
        return letter
    if code_point < 0x80:
        return f"\\x{code_point:02x}"
    return f"\\u{code_point:04x}" if code_point < 0x10000 else f"\\U{code_point:08x}"
