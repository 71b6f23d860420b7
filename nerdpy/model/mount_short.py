"""Pure: `-v [SOURCE:]TARGET[:WORDS]`."""

from typing import Any

from nerdpy.errors import InvalidArgument
from nerdpy.model.container_path import absolute_source, anonymous_target, clean, parse_target
from nerdpy.model.identifier import is_identifier, parse_identifier
from nerdpy.model.mounts import MountRequest

PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
_GROUPS = {
    "access": ("rw", "ro", "rro"),
    "propagation": PROPAGATIONS,
    "label": ("z", "Z"),
    "copy": ("nocopy",),
    "consistency": ("consistent", "cached", "delegated"),
    "recursion": ("bind", "rbind"),
}
"""Of each group at most one word may be given."""
_GROUP_OF = {word: group for group, words in _GROUPS.items() for word in words}
_ONLY_FOR = {"propagation": "bind", "recursion": "bind", "copy": "volume"}


def parse_volume(text: str, *, folder: str, home: str = "") -> MountRequest:
    """One -v. A source with a slash, `.` or `~` is a path of the host, any other a volume's name."""
    parts = text.split(":")
    if not text:
        raise InvalidArgument("invalid empty volume", hint="write [SOURCE:]TARGET[:OPTIONS]")
    if len(parts) > 3:
        raise InvalidArgument(
            f'invalid volume "{text}": too many colons', hint="use --mount for paths with colons"
        )
    if not all(parts):
        raise InvalidArgument(
            f'invalid volume "{text}": empty section between colons', hint="write [SOURCE:]TARGET[:OPTIONS]"
        )
    if len(parts) == 1:
        return MountRequest(type="volume", target=anonymous_target(text))
    words = _parse_words(parts[2], text) if len(parts) == 3 else {}
    mode = parts[2] if len(parts) == 3 else ""
    target = parse_target(parts[1])
    if not _is_path(parts[0]):
        _check_words(words, "volume", text)
        return MountRequest(
            type="volume",
            source=_volume_name(parts[0]),
            target=target,
            mode=mode,
            copies_up="copy" not in words,
            **_fields(words),
        )
    _check_words(words, "bind", text)
    return MountRequest(
        type="bind",
        source=clean(absolute_source(parts[0], folder=folder, home=home)),
        target=target,
        mode=mode,
        creates_source=True,
        propagation=words.get("propagation", ""),
        is_nonrecursive=words.get("recursion") == "bind",
        **_fields(words),
    )


def _is_path(source: str) -> bool:
    return "/" in source or source in {".", "..", "~"}


def _volume_name(text: str) -> str:
    if len(text) == 1 and text.isalnum():
        raise InvalidArgument(
            f'volume name "{text}" is too short: names have at least two characters',
            hint=f'write "./{text}" if a folder is meant',
        )
    if not is_identifier(text):
        parse_identifier(text, "volume")
    return text


def _parse_words(mode: str, text: str) -> dict[str, str]:
    """Group -> the word given."""
    found: dict[str, str] = {}
    for word in mode.split(","):
        group = _GROUP_OF.get(word)
        if group is None:
            raise InvalidArgument(
                f'invalid mode "{word}" in volume "{text}"', hint=f"known are {', '.join(_GROUP_OF)}"
            )
        if group in found:
            raise InvalidArgument(
                f'invalid mode "{mode}" in volume "{text}": "{found[group]}" and "{word}" exclude each other'
                if found[group] != word
                else f'invalid mode "{mode}" in volume "{text}": "{word}" is given twice'
            )
        found[group] = word
    return found


def _check_words(words: dict[str, str], kind: str, text: str) -> None:
    for group, only in _ONLY_FOR.items():
        if group in words and only != kind:
            raise InvalidArgument(
                f'invalid mode "{words[group]}" in volume "{text}": it is for '
                + ("folders of the host only" if only == "bind" else "volumes only")
            )


def _fields(words: dict[str, str]) -> dict[str, Any]:
    access = words.get("access", "rw")
    return {
        "read_only": access != "rw",
        "recursive": "readonly" if access == "rro" else "",
        "relabel": words.get("label", ""),
    }
