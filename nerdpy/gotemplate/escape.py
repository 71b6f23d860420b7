"""Pure: `html`, `js` and `urlquery`: text made safe for where it goes."""

from nerdpy.gotemplate.values import bytes_of

_HTML = str.maketrans(
    {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&#34;", "'": "&#39;", "\0": "\N{REPLACEMENT CHARACTER}"}
)
_JS = {
    "\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D",
}  # fmt: skip
_PLAIN_IN_QUERY = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")


def html(text: str) -> str:
    return text.translate(_HTML)


def js(text: str) -> str:
    return "".join(map(_js_letter, text))


def _js_letter(letter: str) -> str:
    if letter in _JS:
        return _JS[letter]
    if letter < " " or (letter > "\x7e" and not letter.isprintable()):
        return f"\\u{ord(letter):04X}"
    return letter


def urlquery(text: str) -> str:
    return "".join(
        "+" if octet == 0x20 else chr(octet) if octet in _PLAIN_IN_QUERY else f"%{octet:02X}"
        for octet in bytes_of(text)
    )
