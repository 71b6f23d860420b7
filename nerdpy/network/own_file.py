"""A container's hosts file and resolv.conf: ours to keep up to date, but mounted into the container, whose
processes write there what they like."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LARGEST = 1 << 20
"""Bytes. A file that has more (a sparse one of terabytes, say) is never read: it would take this command's
memory, and with it every neighbour's start."""


def rewrite(path: Path, change: Callable[[str], str | None]) -> None:
    """Put what `change` makes of the text in its place; None, and a file beyond `LARGEST`, leave it as it is.

    In place: a new inode would never be seen in the container. FileNotFoundError when there is none.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        before = os.pread(descriptor, LARGEST + 1, 0)
        if len(before) > LARGEST:
            return
        text = change(before.decode(errors="surrogateescape"))
        after = before if text is None else text.encode(errors="surrogateescape")
        if after != before:
            os.pwrite(descriptor, after, 0)
            os.ftruncate(descriptor, len(after))
    finally:
        os.close(descriptor)


def content(path: Path) -> str:
    """The text; empty when there is none, or too much of it."""
    with suppress(OSError), path.open("rb") as file:
        found = file.read(LARGEST + 1)
        return found.decode(errors="surrogateescape") if len(found) <= LARGEST else ""
    return ""
