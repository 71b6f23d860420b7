"""Pure: the values of numbers, characters and quoted text, as Go's compiler reads them."""

import re

MOST_NEGATIVE, MOST_POSITIVE = -(2**63), 2**63 - 1

_ESCAPES = {
    "a": b"\a", "b": b"\b", "f": b"\f", "n": b"\n", "r": b"\r", "t": b"\t", "v": b"\v",
    "\\": b"\\", "'": b"'", '"': b'"',
}  # fmt: skip
_ESCAPE = re.compile(r"\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)


class BadLiteral(ValueError):
    """The text is no literal; the message is Go's."""


def text_of(literal: str) -> str:
    """The text that a `"quoted"` or raw literal stands for; bytes that are no UTF-8 become surrogates."""
    if literal.startswith("`"):
        return literal[1:-1].replace("\r", "")
    return _unescaped(literal[1:-1], closing='"').decode(errors="surrogateescape")


def character_of(literal: str) -> int:
    """The code point of `'c'`."""
    body = literal[1:-1]
    if found := re.fullmatch(r"\\(?:x([\da-fA-F]{2})|([0-7]{3}))", body):
        return int(found[1], 16) if found[1] else int(found[2], 8)
    try:
        character = _unescaped(body, closing="'").decode()
    except (BadLiteral, UnicodeDecodeError):
        character = ""
    if not body:
        raise BadLiteral("invalid syntax")
    if len(character) != 1:
        raise BadLiteral(f"malformed character constant: {literal}")
    return ord(character)


def number_of(literal: str) -> int | float:
    """An int where Go sees an integer constant, else a float: `1e3` is a float, `0x10` and `010` are ints."""
    digits = literal.replace("_", "")
    is_hexadecimal = digits.lstrip("+-")[:2].lower() == "0x"
    try:
        if is_hexadecimal and ("p" in digits.lower() or "." in digits):
            return float.fromhex(digits)
        if is_hexadecimal or not any(mark in digits for mark in ".eE"):
            return _integer(literal, digits)
        return float(digits)
    except ValueError as error:
        if isinstance(error, BadLiteral):
            raise
        said = "integer overflow" if re.fullmatch(r"[+-]?\d+", digits) else "illegal number syntax"
        raise BadLiteral(f'{said}: "{literal}"') from None


def _integer(literal: str, digits: str) -> int:
    body = digits.lstrip("+-")
    is_old_octal = len(body) > 1 and body[0] == "0" and body[1].isdigit()
    value = int(digits, 8 if is_old_octal else 0)
    if not MOST_NEGATIVE <= value <= 2**64 - 1:
        raise BadLiteral(f'integer overflow: "{literal}"')
    return value


def _unescaped(body: str, *, closing: str) -> bytes:
    pieces: list[bytes] = []
    at = 0
    while (slash := body.find("\\", at)) >= 0:
        pieces.append(body[at:slash].encode(errors="surrogateescape"))
        found = _ESCAPE.match(body, slash)
        piece = _escaped(found, closing) if found else None
        if found is None or piece is None:
            raise BadLiteral("invalid syntax")
        pieces.append(piece)
        at = found.end()
    pieces.append(body[at:].encode(errors="surrogateescape"))
    return b"".join(pieces)


def _escaped(found: re.Match[str], closing: str) -> bytes | None:
    byte, short, long, octal, letter = found.groups()
    if byte:
        return bytes([int(byte, 16)])
    if octal:
        return bytes([int(octal, 8)]) if int(octal, 8) < 256 else None
    if letter:
        return None if letter in "'\"" and letter != closing else _ESCAPES.get(letter)
    code_point = int(short or long, 16)
    is_valid = code_point < 0x110000 and not 0xD800 <= code_point < 0xE000
    return chr(code_point).encode() if is_valid else None
