"""Pure: the text of `images --tree`, in docker's columns."""

from collections.abc import Iterable, Iterator, Sequence

from nerdpy.dataclass import dataclass

GAP = "   "
NARROWEST = 12
"""Columns are left out, from the right, before that of the names gets narrower."""
_TITLES = ("IMAGE", "ID", "DISK USAGE", "CONTENT SIZE", "EXTRA")
_WIDTHS = (0, 12, 10, 12, 5)
USED = "U"


@dataclass(frozen=True, kw_only=True)
class TreeLine:
    """One image, or one of its platforms."""

    name: str
    id: str
    disk_usage: str
    content_size: str
    is_used: bool


def tree_text(
    trees: Sequence[tuple[Sequence[str], TreeLine, Sequence[TreeLine]]], width: int
) -> Iterator[str]:
    """Of each image its names, what it takes, and its platforms below; `width` is the terminal's."""
    rows = [list(_rows(*tree)) for tree in trees]
    widest = max((len(row[0]) for tree in rows for row in tree), default=0)
    shown, room = _columns(width)
    first = min(max(widest, len(_TITLES[0])), room)
    yield _line(_TITLES[:shown], first)
    for number, tree in enumerate(rows):
        if number:
            yield ""
        for row in tree:
            yield _line(row[:shown], first)


def _rows(names: Sequence[str], image: TreeLine, platforms: Sequence[TreeLine]) -> Iterator[Sequence[str]]:
    yield from ((name,) for name in names)
    yield _cells(image)
    for number, platform in enumerate(platforms, start=1):
        branch = "└─ " if number == len(platforms) else "├─ "
        yield _cells(platform, branch)


def _cells(line: TreeLine, branch: str = "") -> Sequence[str]:
    used = USED.center(_WIDTHS[4]) if line.is_used else ""
    return (branch + line.name, line.id, line.disk_usage, line.content_size, used)


def _columns(width: int) -> tuple[int, int]:
    """How many columns there is room for, and how wide that of the names may be."""
    room = max(width, 20)
    for number, own in enumerate(_WIDTHS[1:], start=1):
        if room - own - len(GAP) < NARROWEST:
            return number, room
        room -= own + len(GAP)
    return len(_WIDTHS), room


def _line(cells: Iterable[str], first: int) -> str:
    name, *rest = cells
    short = name if len(name) <= first else name[: first - 1] + "…"
    texts = [short.ljust(first)]
    for number, text in enumerate(rest, start=1):
        texts.append(text.rjust(_WIDTHS[number]) if number in (2, 3) else text.ljust(_WIDTHS[number]))
    return GAP.join(texts).rstrip()
