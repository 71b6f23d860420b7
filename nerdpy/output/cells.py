"""Pure: text as a terminal shows it: its width in columns, and no control characters from strangers."""

from unicodedata import combining, east_asian_width

_SHOWN = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def width_of(text: str) -> int:
    """Columns that `text` takes: two for wide East Asian characters, none for marks on others."""
    if text.isascii():
        return len(text)
    return sum(_width_of_letter(letter) for letter in text)


def _width_of_letter(letter: str) -> int:
    if combining(letter) or letter in "\u200b\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def harmless(text: str, *, keeps: str = "") -> str:
    """Control characters made visible: names, labels and commands come from images, and a terminal obeys.

    `keeps` names those that may stay, such as tab and newline between our own cells.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter if letter in keeps else _visible(letter) if _is_control(letter) else letter for letter in text
    )


def _is_control(letter: str) -> bool:
    """C0, DEL, C1, the marks that turn the direction of writing, and bytes that are no text."""
    code_point = ord(letter)
    if code_point < 0x20 or 0x7F <= code_point <= 0x9F:
        return True
    return (
        letter in "\u061c\u200e\u200f\u2028\u2029"
        or 0x202A <= code_point <= 0x202E
        or (0x2066 <= code_point <= 0x2069 or 0xD800 <= code_point <= 0xDFFF)
    )


def _visible(letter: str) -> str:
    if letter in _SHOWN:
        return _SHOWN[letter]
    code_point = ord(letter)
    if 0xDC80 <= code_point <= 0xDCFF:
        return f"\\x{code_point - 0xDC00:02x}"
    return f"\\x{code_point:02x}" if code_point < 0x100 else f"\\u{code_point:04x}"
