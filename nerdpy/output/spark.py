"""Pure: a line of numbers as a line of small bars."""

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def spark_line(values: Sequence[float], width: int, *, of: int = 0) -> str:
    """At most `width` letters for `of` values (those that are not there yet are blank, at the left): each the
    greatest of its share. The highest bar is 100, or the greatest value beyond that."""
    size = max(len(values), of)
    share = -(-size // width) if width > 0 else 0
    if not share:
        return ""
    missing = size - len(values)
    padded = [None] * missing + list(values)
    top = max([100.0, *values])
    groups = [padded[at : at + share] for at in range(0, size, share)]
    return "".join(_bar([value for value in group if value is not None], top) for group in groups)


def _bar(values: Sequence[float], top: float) -> str:
    if not values:
        return " "
    return BARS[min(int(max(values) / top * len(BARS)), len(BARS) - 1)]
