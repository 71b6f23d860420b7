"""The members of a layer in the order in which they are needed (stargz-snapshotter `docs/estargz.md`,
prioritized files and landmark files).

What is read first comes first; a landmark stands where that ends, so a client can fetch all before it at
once.
"""

import posixpath
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.image.convert_entries import Entries
from nerdpy.model import tar_header

TABLE = "stargz.index.json"
LANDMARK = ".prefetch.landmark"
NO_LANDMARK = ".no.prefetch.landmark"
OF_ESTARGZ = {TABLE, LANDMARK, NO_LANDMARK}
"""Files that eStargz adds to a layer."""
_MARK = b"\x0f"
_PIECE = 1 << 20


@dataclass(frozen=True)
class _Member:
    at: int
    """Where its headers begin in the file that holds the layer."""
    size: int
    """Bytes of headers, content and padding."""
    target: str | None = None
    """What a hard link leads to."""


def landmark(name: str) -> bytes:
    """The whole member: headers, content, padding."""
    header = tar_header.Entry(name=name.encode(), kind=tar_header.FILE, mode=0o444, size=len(_MARK))
    return tar_header.header(header) + _MARK + tar_header.padding(len(_MARK))


def cleaned(name: str) -> str:
    """A path as it is compared: from the root, without a slash at either end; the root itself is empty."""
    return posixpath.normpath(f"/{name}").lstrip("/")


def in_order(pieces: Iterable[bytes], first: Sequence[str]) -> Iterator[bytes]:
    """The archive with these paths first, as far as it has them, and a landmark behind them.

    Folders come before what is in them, and files before hard links to them. Of members of the same name the
    last one stays. The layer waits in a file without a name, which goes whatever happens.
    """
    with tempfile.TemporaryFile(prefix="nerdpy-convert-") as file:
        members, rest = _kept(pieces, file)
        moved = _moved(members, first)
        for name in moved:
            yield from _read(file, members[name])
        yield landmark(LANDMARK if moved else NO_LANDMARK)
        for name, member in members.items():
            if name not in moved:
                yield from _read(file, member)
        yield from _read(file, rest)


def _kept(pieces: Iterable[bytes], file: IO[bytes]) -> tuple[dict[str, _Member], _Member]:
    """(the members by their clean names, what follows the last of them)."""
    entries, members, at = Entries(pieces), dict[str, _Member](), 0
    for entry in entries:
        left = entry.size + -entry.size % tar_header.BLOCK
        size = len(entry.raw) + left
        file.write(entry.raw)
        for part in entries.pieces.parts(left):
            left -= file.write(part)
        if left:
            raise InvalidArgument("a layer breaks off before its end")
        name, is_link = cleaned(entry.name), entry.described["type"] == "hardlink"
        members.pop(name, None)
        if name not in OF_ESTARGZ:
            target = cleaned(entry.described.get("linkName", "")) if is_link else None
            members[name] = _Member(at, size, target)
        at += size
    size = sum(file.write(data) for data in entries.rest())
    return members, _Member(at, size)


def _moved(members: dict[str, _Member], first: Sequence[str]) -> dict[str, None]:
    """Names in the order in which they come first."""
    moved: dict[str, None] = {}
    for path in first:
        for name in _with_target(cleaned(path), members, moved):
            parts = name.split("/")
            above = ["", *("/".join(parts[:count]) for count in range(1, len(parts)))]
            moved |= dict.fromkeys(one for one in (*above, name) if one in members and one not in moved)
    return moved


def _with_target(name: str, members: dict[str, _Member], moved: dict[str, None]) -> list[str]:
    """What a hard link leads to, and then the link; nothing for what is not here, or leads nowhere."""
    chain: list[str] = []
    while name not in moved:
        if name not in members or name in chain:
            return []
        chain.append(name)
        target = members[name].target
        if target is None:
            break
        name = target
    return chain[::-1]


def _read(file: IO[bytes], member: _Member) -> Iterator[bytes]:
    file.seek(member.at)
    left = member.size
    while left and (data := file.read(min(left, _PIECE))):
        left -= len(data)
        yield data
