"""Pure: the members of a layer with the very bytes that stand for them, so that they can be written again
unchanged (POSIX.1-2017 `pax`, ustar; GNU's long names)."""

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.image.archive_tar import BLOCK, Header, Pieces, number, pax_records, text

_XATTR = "SCHILY.xattr."
_EXTENDED = {b"x", b"g", b"L", b"K"}
_KINDS = {
    b"0": "reg",
    b"\0": "reg",
    b"7": "reg",
    b"1": "hardlink",
    b"2": "symlink",
    b"3": "char",
    b"4": "block",
    b"5": "dir",
    b"6": "fifo",
}
_MOST_EXTENDED = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One member; its content is read from the stream before the next one is asked for."""

    raw: bytes
    """All its headers."""
    name: str
    size: int
    described: dict[str, Any]
    """As it stands in a table of contents, without offsets and digests."""


class Entries:
    """Iterates over the members of a layer; `rest` is what follows the last one."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = Pieces(pieces)

    def __iter__(self) -> Iterator[Entry]:
        self.end = b""
        while True:
            raw, records = b"", dict[str, str]()
            while True:
                block = self.pieces.exactly(BLOCK)
                if not any(block):
                    self.end = raw + block
                    return
                header = Header(block)
                raw += block
                if header.kind not in _EXTENDED:
                    break
                data = self._extension(header)
                raw += data
                records |= _said(header, data)
            header.extend(records)
            yield _entry(raw, block, header, records)

    def rest(self) -> Iterator[bytes]:
        """The zeros at the end, and whatever else."""
        yield self.end
        while data := self.pieces.exactly(1 << 20):
            yield data

    def _extension(self, header: Header) -> bytes:
        if header.size > _MOST_EXTENDED:
            raise InvalidArgument(f"the layer has an extended header of {header.size} bytes")
        return self.pieces.exactly(header.size + -header.size % BLOCK)


def _said(header: Header, data: bytes) -> dict[str, str]:
    content = data[: header.size]
    if header.kind == b"x":
        return dict(pax_records(content))
    if header.kind == b"g":
        return {}
    return {"path" if header.kind == b"L" else "linkpath": text(content)}


def _entry(raw: bytes, block: bytes, header: Header, records: dict[str, str]) -> Entry:
    kind = _KINDS.get(header.kind)
    if kind is None:
        raise InvalidArgument(f'the layer has a member of an unknown kind: "{header.name[:200]}"')
    size = header.size if kind == "reg" else 0
    described: dict[str, Any] = {
        "name": header.name,
        "type": kind,
        "size": size,
        "modtime": _moment(records.get("mtime", ""), number(block[136:148])),
        "linkName": header.target if kind in {"hardlink", "symlink"} else "",
        "mode": number(block[100:108]) & 0o7777,
        "uid": int(records.get("uid") or number(block[108:116])),
        "gid": int(records.get("gid") or number(block[116:124])),
        "userName": records.get("uname", text(block[265:297])),
        "groupName": records.get("gname", text(block[297:329])),
        "devMajor": number(block[329:337]) if kind in {"char", "block"} else 0,
        "devMinor": number(block[337:345]) if kind in {"char", "block"} else 0,
        "xattrs": {
            key.removeprefix(_XATTR): base64.b64encode(value.encode(errors="surrogateescape")).decode()
            for key, value in records.items()
            if key.startswith(_XATTR)
        },
    }
    return Entry(raw, header.name, size, {key: value for key, value in described.items() if value})


def _moment(precise: str, seconds: int) -> str:
    """RFC 3339 to the second; nothing for the epoch, which stands for no time at all."""
    try:
        seconds = int(precise.partition(".")[0]) if precise else seconds
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (ValueError, OverflowError, OSError):
        return ""
