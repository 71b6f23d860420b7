"""Pure: many entries of a json-file log at once, where only what the container wrote is asked for.

`logs` of much output must keep up with a disk. Parsed one by one, entries come at some 20 MB a second; by a
pattern over many lines, or as one JSON array, at 150 and more. What neither understands is for `entry.py`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from nerdpy.logs.entry import parse_entry

_BEGIN = b'{"log":"'
_BETWEEN = {
    stream: re.compile(rb'\\n","stream":"%s","time":"[^"\\\x00-\x1f]*"\}\n\{"log":"' % stream.encode())
    for stream in ("stdout", "stderr")
}
"""From the end of one entry's text to the beginning of the next one's, as nerdpy and docker write them."""
_ESCAPED = bytes({*range(0x20), *b'"\\'} - {*b"\n"})
"""What stands in JSON's strings only behind a backslash, or never."""
_STREAMS = frozenset(_BETWEEN)


def contents(lines: bytes) -> Iterator[tuple[str, bytes]]:
    """("stdout" or "stderr", what was written there) of whole lines, neighbours of one stream together."""
    for stream in _BETWEEN:
        plain = _plain(lines, stream)
        if plain:
            yield stream, plain
            return
    for name, entries in groupby(_entries(lines.split(b"\n")[:-1]), itemgetter(0)):
        yield name, b"".join([content for _, content in entries])


def _plain(lines: bytes, stream: str) -> bytes:
    """What was written, if all of it went to this stream, in whole lines and with nothing that JSON escapes;
    empty if not."""
    if not lines.startswith(_BEGIN) or f'"stream":"{stream}"'.encode() not in lines[: 64 << 10]:
        return b""
    count = lines.count(b"\n")
    text, found = _BETWEEN[stream].subn(b"\n", lines[len(_BEGIN) :] + _BEGIN)
    is_whole = found == count == text.count(b"\n") and len(text.translate(None, _ESCAPED)) == len(text)
    return text if is_whole and _is_text(text) else b""


def _entries(lines: list[bytes]) -> Iterable[tuple[str, bytes]]:
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")
        return [(_stream(value["stream"]), value["log"].encode(errors="surrogateescape")) for value in found]
    except (ValueError, LookupError, TypeError, AttributeError):
        return _one_by_one(lines)


def _stream(name: str) -> str:
    if name not in _STREAMS:
        raise ValueError(name)
    return name


def _one_by_one(lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """What is no entry is left out."""
    for line in lines:
        entry = parse_entry(line)
        if entry is not None:
            yield entry.stream, entry.content()


def _is_text(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False
