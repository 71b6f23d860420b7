"""Pure: docker's columns: cells end with a tab, a column is as wide as its widest cell, three spaces between.

A column is a run of lines that all have a cell there, as in Go's tabwriter: what follows the last tab of a
line is no cell and takes part in no width.
"""

from collections.abc import Sequence

from nerdpy.output.cells import width_of

NARROWEST = 10
PADDING = 3

Line = Sequence[str]


def table(lines: Sequence[Line], *, narrowest: int = NARROWEST, padding: int = PADDING) -> str:
    """The lines' cells in columns, each line ended; no blanks at the end of a line."""
    return "".join(f"{line}\n" for line in columns(lines, narrowest=narrowest, padding=padding))


def columns(lines: Sequence[Line], *, narrowest: int = NARROWEST, padding: int = PADDING) -> list[str]:
    texts = [""] * len(lines)
    _fill(lines, texts, 0, 0, len(lines), narrowest, padding)
    return [text.rstrip(" ") for text in texts]


def _fill(
    lines: Sequence[Line], texts: list[str], column: int, start: int, end: int, narrowest: int, padding: int
) -> None:
    """Write this column's cells of the lines from `start` to `end`, block by block."""
    at = start
    while at < end:
        if len(lines[at]) <= column + 1:
            texts[at] += lines[at][column] if column < len(lines[at]) else ""
            at += 1
            continue
        block_end = at
        while block_end < end and len(lines[block_end]) > column + 1:
            block_end += 1
        widths = [width_of(lines[number][column]) for number in range(at, block_end)]
        width = max(narrowest, max(widths) + padding)
        for number, own in zip(range(at, block_end), widths, strict=True):
            texts[number] += lines[number][column] + " " * (width - own)
        _fill(lines, texts, column + 1, at, block_end, narrowest, padding)
        at = block_end


def aligned(text: str, *, narrowest: int = NARROWEST, padding: int = PADDING) -> str:
    """Text with tabs between cells, as a template writes it, in columns."""
    body = text.removesuffix("\n")
    lines = [line.split("\t") for line in body.split("\n")]
    return table(lines, narrowest=narrowest, padding=padding) if text else ""
