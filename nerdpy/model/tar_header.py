"""Pure: the headers of tar archives as they are written: POSIX pax (POSIX.1-2017 `pax`, ustar interchange
format), extended headers only where ustar has no room."""

from collections.abc import Iterable, Sequence

from nerdpy.dataclass import dataclass, field, replace

BLOCK = 512
END = bytes(2 * BLOCK)
FILE, HARD_LINK, SYMLINK, CHARACTER, BLOCK_DEVICE, FOLDER, FIFO = (b"%d" % number for number in range(7))
SPARSE = b"GNU.sparse."
"""How the pax records of a file with holes begin (GNU tar's format 1.0, which other tars read as well)."""
XATTR = b"SCHILY.xattr."
"""How a pax record of an extended attribute begins, as GNU tar, star and docker write it."""
COMMENT, CLOSED = b"comment", b"ends with two blocks of zeros"
"""A pax record of the first member, which readers pass over: the writer closes what it has written, so an
archive without its end was cut off."""
_MOST_ID = 0o7777777
_MOST_SIZE = 0o77777777777
_PAX = b"x"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One member."""

    name: bytes
    kind: bytes
    """One of the constants above."""
    mode: int
    user: int = 0
    group: int = 0
    size: int = 0
    modified: int = 0
    """Seconds since the epoch."""
    target: bytes = b""
    """Where a link leads."""
    device: tuple[int, int] = (0, 0)
    attributes: dict[bytes, bytes] = field(default_factory=dict)
    """Extended ones, by their full names."""
    real_size: int | None = None
    """Of a file with holes; then `size` is that of the map and the data."""
    comment: bytes = b""


def header(entry: Entry) -> bytes:
    """All the blocks that stand before the member's content."""
    records = list(_records(entry))
    block = _block(_sparse_named(entry), entry.kind, entry.size)
    if not records:
        return block
    body = b"".join(record(key, value) for key, value in records)
    pax = Entry(name=b"PaxHeaders.0/" + entry.name, kind=_PAX, mode=0o644)
    return _block(pax, _PAX, len(body)) + body + padding(len(body)) + block


def sparse_map(pieces: Sequence[tuple[int, int]], size: int) -> bytes:
    """What stands before the data of a file with holes: where each piece (begin, end) belongs. The last one,
    empty, says how long the file is."""
    numbers = [len(pieces) + 1]
    for start, end in (*pieces, (size, size)):
        numbers += [start, end - start]
    text = b"".join(b"%d\n" % number for number in numbers)
    return text + padding(len(text))


def padding(size: int) -> bytes:
    """What follows `size` bytes of content."""
    return bytes(-size % BLOCK)


def record(key: bytes, value: bytes) -> bytes:
    """`LENGTH KEY=VALUE\\n`, where the length counts its own digits."""
    rest = len(key) + len(value) + 3
    length = rest + len(str(rest))
    if len(str(length)) > len(str(rest)):
        length = rest + len(str(length))
    return b"%d %s=%s\n" % (length, key, value)


def _records(entry: Entry) -> Iterable[tuple[bytes, bytes]]:
    if entry.real_size is not None:
        yield SPARSE + b"major", b"1"
        yield SPARSE + b"minor", b"0"
        yield SPARSE + b"name", entry.name
        yield SPARSE + b"realsize", b"%d" % entry.real_size
    elif len(entry.name) > 100 or not entry.name.isascii():
        yield b"path", entry.name
    if len(entry.target) > 100 or not entry.target.isascii():
        yield b"linkpath", entry.target
    if entry.size > _MOST_SIZE:
        yield b"size", b"%d" % entry.size
    if not 0 <= entry.user <= _MOST_ID:
        yield b"uid", b"%d" % entry.user
    if not 0 <= entry.group <= _MOST_ID:
        yield b"gid", b"%d" % entry.group
    if not 0 <= entry.modified <= _MOST_SIZE:
        yield b"mtime", b"%d" % entry.modified
    if entry.comment:
        yield COMMENT, entry.comment
    for name, value in sorted(entry.attributes.items()):
        yield XATTR + name, value


def _sparse_named(entry: Entry) -> Entry:
    """A tar that knows nothing of holes shall not take the map for the file."""
    if entry.real_size is None:
        return entry
    return replace(entry, name=b"GNUSparseFile.0/" + entry.name.rpartition(b"/")[2])


def _block(entry: Entry, kind: bytes, size: int) -> bytes:
    parts = (
        entry.name[:100].ljust(100, b"\0"),
        _octal(entry.mode, 8),
        _octal(entry.user, 8),
        _octal(entry.group, 8),
        _octal(size, 12),
        _octal(entry.modified, 12),
        b" " * 8,
        kind,
        entry.target[:100].ljust(100, b"\0"),
        b"ustar\x0000",
        bytes(64),
        _octal(entry.device[0], 8),
        _octal(entry.device[1], 8),
        bytes(167),
    )
    block = b"".join(parts)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def _octal(number: int, width: int) -> bytes:
    """A number that does not fit stands in a pax record, and 0 here."""
    digits = b"%0*o" % (width - 1, max(number, 0))
    return (digits if len(digits) < width else b"0" * (width - 1)) + b"\0"
