"""Pure: `--detach-keys`, a list of keys such as `ctrl-p,ctrl-q`."""

from nerdpy.errors import InvalidArgument

DEFAULT = "ctrl-p,ctrl-q"
_CONTROLS = "@abcdefghijklmnopqrstuvwxyz[\\]^_"
"""A control key's code is its place here."""
_DELETE = 127


def parse_detach_keys(text: str) -> bytes:
    """The bytes that a terminal sends for the keys; an empty text is the default."""
    return bytes(_code(key, text) for key in (text or DEFAULT).split(","))


def _code(key: str, text: str) -> int:
    if len(key) == 1 and key.isascii():
        return ord(key)
    if key == "DEL":
        return _DELETE
    letter = key.removeprefix("ctrl-")
    if letter != key and len(letter) == 1 and letter in _CONTROLS:
        return _CONTROLS.index(letter)
    raise InvalidArgument(
        f'unknown key "{key}" in detach keys "{text}"',
        hint="write single characters or ctrl-X (a to z, @, [, \\, ], ^, _), parted by commas",
    )
