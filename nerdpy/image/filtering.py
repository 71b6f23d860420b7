"""Pure: the filters of `images`: which need what, and how patterns match names."""

import re
from collections.abc import Callable, Iterable

from nerdpy.errors import InvalidArgument
from nerdpy.image.names import ShownName
from nerdpy.model.filters import Filters

KEYS = ("before", "dangling", "label", "reference", "since", "until")
NEED_CONFIG = frozenset({"before", "label", "since", "until"})
"""What cannot be told from the name alone."""


def check_filters(filters: Filters) -> None:
    """Refuse values that are malformed, however few images there are."""
    filters.boolean("dangling")
    for pattern in filters.get("reference"):
        glob(pattern)


def matches_name(name: ShownName, filters: Filters) -> bool:
    """The filters `dangling` and `reference`."""
    if filters.boolean("dangling", name.is_dangling) is not name.is_dangling:
        return False
    return filters.matches("reference", lambda pattern: fits(pattern, name.texts))


def fits(pattern: str, texts: Iterable[str]) -> bool:
    """Does the glob match any of these?"""
    matcher = glob(pattern)
    return any(matcher(text) for text in texts)


def glob(pattern: str) -> Callable[[str], bool]:
    r"""Go's `path.Match`: `*` and `?` stop at a slash, `[a-z]` and `[^a]` are classes, `\` quotes."""
    parts, rest = [], pattern
    while rest:
        part, rest = _next_part(rest, pattern)
        parts.append(part)
    try:
        compiled = re.compile("".join(parts) + r"\Z")
    except re.error as error:
        raise _bad(pattern) from error
    return lambda text: compiled.match(text) is not None


def _next_part(rest: str, pattern: str) -> tuple[str, str]:
    letter = rest[0]
    if letter == "\\" and len(rest) > 1:
        return re.escape(rest[1]), rest[2:]
    if letter == "[":
        end = rest.find("]", 2)
        if end < 0:
            raise _bad(pattern)
        return "[" + rest[1:end].replace("[", r"\[") + "]", rest[end + 1 :]
    return {"*": "[^/]*", "?": "[^/]"}.get(letter, re.escape(letter)), rest[1:]


def _bad(pattern: str) -> InvalidArgument:
    return InvalidArgument(f'invalid pattern "{pattern}": syntax error in pattern')
