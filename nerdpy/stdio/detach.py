"""Pure: find the detach keys in what the user types, however the terminal cuts it into pieces.

Bytes that began like the keys and then were not are passed on, none is swallowed.
"""


class DetachMatcher:
    """`keys` are the bytes of the whole sequence; none at all never matches."""

    def __init__(self, keys: bytes) -> None:
        self._keys = keys
        self._held = b""

    def feed(self, typed: bytes) -> tuple[bytes, bool]:
        """What is to be passed on to the container, and whether the sequence is complete (the rest is
        dropped)."""
        keys = self._keys
        if not keys:
            return typed, False
        text = self._held + typed
        at = text.find(keys)
        if at >= 0:
            self._held = b""
            return text[:at], True
        kept = next((size for size in range(len(keys) - 1, 0, -1) if text.endswith(keys[:size])), 0)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept], False

    def rest(self) -> bytes:
        """The bytes held back, when nothing more will come."""
        held, self._held = self._held, b""
        return held
