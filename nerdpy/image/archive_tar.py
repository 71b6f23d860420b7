"""Pure: the members of a tar archive that comes in pieces (POSIX.1-2017 `pax`, ustar interchange format; long
names of GNU), with everything refused that has no business in an archive of images.

Nothing is ever unpacked to a disk by these names. They are checked all the same, for what stands in such
an archive was made to hurt whoever trusts it.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument

BLOCK = 512
MOST_MEMBERS = 100_000
_MOST_NAME = 64 << 10
"""Bytes of an extended header."""
_FILE, _OLD_FILE, _SYMLINK, _FOLDER = b"0", b"\0", b"2", b"5"
_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_TARGET = b"x", b"g", b"L", b"K"
_CALLED = {b"1": "a hard link", b"3": "a device node", b"4": "a device node", b"6": "a named pipe"}


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file, or a symbolic link to another member; folders are left out."""

    name: str
    """Without `./` before it."""
    size: int = 0
    target: str = ""
    """Of a link: the member's name that it leads to."""


class Pieces:
    """Takes a stream of pieces apart by the number of bytes."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def exactly(self, count: int) -> bytes:
        """So many bytes, or fewer at the end of the stream."""
        return b"".join(bytes(part) for part in self.parts(count))

    def parts(self, count: int) -> Iterator[memoryview]:
        """The same as they come, without putting them together."""
        while count:
            if not self._rest and not self._fill():
                return
            part = self._rest[:count]
            self._rest = self._rest[len(part) :]
            count -= len(part)
            yield part

    def _fill(self) -> bool:
        self._rest = memoryview(next(self._pieces, b""))
        return bool(self._rest)


class Members:
    """Iterates over the members; `content` of one can be read until the next is asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = Pieces(pieces)
        self._left = 0
        """Bytes of the member at hand that were not read yet."""
        self._padding = 0
        self._is_empty = True
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[Member]:
        while (header := self.next_header()) is not None:
            if (member := self._member(header)) is not None:
                yield member

    def next_header(self) -> "Header | None":
        """The header after the content of the member at hand; None at the end."""
        self._skip()
        header = self._header(is_first=self._is_empty)
        self._is_empty = False
        return header

    def content(self) -> Iterator[bytes]:
        """The member's bytes; InvalidArgument when the archive ends before they do."""
        while self._left:
            part = next(self._pieces.parts(self._left), None)
            if part is None:
                raise InvalidArgument("the archive broke off before its end")
            self._left -= len(part)
            yield bytes(part)

    def _skip(self) -> None:
        for _ in self.content():
            pass
        self._pieces.exactly(self._padding)
        self._padding = 0

    def _header(self, *, is_first: bool) -> "Header | None":
        """The next header with what extended headers say; None at the end."""
        extended: dict[str, str] = {}
        while True:
            block = self._pieces.exactly(BLOCK)
            if len(block) < BLOCK and not (is_first and block):
                if is_first:
                    raise InvalidArgument("the archive is empty")
                return None
            if not any(block):
                return None
            header = Header(block)
            self._left, self._padding = header.size, -header.size % BLOCK
            if header.kind not in {_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_TARGET}:
                header.extend(extended)
                self._left, self._padding = header.size, -header.size % BLOCK
                return header
            extended |= self._extension(header)
            is_first = False

    def _extension(self, header: "Header") -> dict[str, str]:
        if header.size > _MOST_NAME:
            raise InvalidArgument(f"the archive has an extended header of {header.size} bytes")
        data = b"".join(self.content())
        self._skip()
        if header.kind == _PAX_GLOBAL:
            return {}
        if header.kind == _PAX:
            return dict(pax_records(data))
        text = data.split(b"\0")[0].decode(errors="surrogateescape")
        return {"path" if header.kind == _LONG_NAME else "linkpath": text}

    def _member(self, header: "Header") -> Member | None:
        name = "/".join(_parts(header.name, header.name))
        if header.kind == _FOLDER or not name:
            return None
        if header.kind not in {_FILE, _OLD_FILE, _SYMLINK}:
            kind = _CALLED.get(header.kind, "a member of an unknown kind")
            raise InvalidArgument(f'the archive has {kind} in it: "{_shown(name)}"')
        if name in self._seen:
            raise InvalidArgument(f'the archive has "{_shown(name)}" twice')
        if len(self._seen) == MOST_MEMBERS:
            raise InvalidArgument(f"the archive has more than {MOST_MEMBERS} members")
        self._seen.add(name)
        target = _target(name, header.target) if header.kind == _SYMLINK else ""
        return Member(name=name, size=header.size, target=target)


class Header:
    """One block."""

    def __init__(self, block: bytes) -> None:
        if len(block) < BLOCK or not _is_sound(block):
            raise InvalidArgument(
                "the input is no tar archive, or a broken one",
                hint="plain archives and those packed by gzip, zstd, bzip2 and xz are understood",
            )
        self.kind = block[156:157]
        self.size = number(block[124:136]) if self.kind not in {_SYMLINK, _FOLDER} else 0
        self.name = text(block[:100])
        self.target = text(block[157:257])
        if block[257:263] == b"ustar\0" and (prefix := text(block[345:500])):
            self.name = f"{prefix}/{self.name}"

    def extend(self, records: dict[str, str]) -> None:
        self.name = records.get("path", self.name)
        self.target = records.get("linkpath", self.target)
        if "size" in records and self.kind in {_FILE, _OLD_FILE}:
            if not (records["size"].isascii() and records["size"].isdecimal()):
                raise InvalidArgument("the archive is broken: a size is no number")
            self.size = int(records["size"][:20])
        if any(key.startswith("GNU.sparse.") for key in records):
            raise InvalidArgument(f'the archive has a sparse file in it: "{_shown(self.name)}"')


def beginning(pieces: Iterable[bytes]) -> Iterator[str]:
    """The names of all members, whatever they are; ends where the stream makes no sense."""
    members = Members(pieces)
    with suppress(InvalidArgument):
        while (header := members.next_header()) is not None:
            if name := header.name.lstrip("./").rstrip("/"):
                yield name


def _is_sound(block: bytes) -> bool:
    """Is the checksum right?"""
    summed = sum(block[:148]) + 8 * 32 + sum(block[156:])
    try:
        return number(block[148:156]) == summed
    except InvalidArgument:
        return False


def number(field: bytes) -> int:
    """Octal digits, or a big-endian number where the first bit is set."""
    if field[0] & 0x80:
        number = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        if number < 1 << 63:
            return number
    digits = field.strip(b" \0").split(b"\0")[0].strip()
    if not digits:
        return 0
    if not all(48 <= digit < 56 for digit in digits):
        raise InvalidArgument("the archive is broken: a size is no number")
    return int(digits, 8)


def text(field: bytes) -> str:
    return field.split(b"\0")[0].decode(errors="surrogateescape")


def pax_records(data: bytes) -> Iterator[tuple[str, str]]:
    """`LENGTH KEY=VALUE\\n`, again and again."""
    while data:
        digits, space, _ = data.partition(b" ")
        length = int(digits) if digits.isdigit() and len(digits) < 8 else 0
        record, data = data[:length], data[length:]
        key, equals, value = record[len(digits) + 1 : -1].partition(b"=")
        if not (space and equals and record.endswith(b"\n")):
            raise InvalidArgument("the archive is broken: an extended header makes no sense")
        yield key.decode(errors="surrogateescape"), value.decode(errors="surrogateescape")


def _parts(path: str, shown: str) -> list[str]:
    if path.startswith("/"):
        raise InvalidArgument(f'the archive has a member with an absolute path: "{_shown(shown)}"')
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise InvalidArgument(f'the archive has a member outside of itself: "{_shown(shown)}"')
    return parts


def _target(name: str, target: str) -> str:
    """docker's older archives have links to other members; none may lead elsewhere."""
    folder = name.split("/")[:-1]
    for part in ["", *target.split("/")] if target.startswith("/") else target.split("/"):
        if part == ".." and folder:
            folder.pop()
        elif part == ".." or target.startswith("/"):
            raise InvalidArgument(
                f'the archive has a link that leads out of it: "{_shown(name)}" -> "{_shown(target)}"'
            )
        elif part not in {"", "."}:
            folder.append(part)
    return "/".join(folder)


def _shown(text: str) -> str:
    return text[:200]
