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

_PLAIN = re.compile(
    rb'^\{"log":"([^"\\\x00-\x1f]*)\\n","stream":"(stdout|stderr)","time":"[^"\\\x00-\x1f]*"\}$', re.MULTILINE
)
"""An entry as nerdpy and docker write it, of a whole line without anything that JSON escapes."""
_STREAMS = frozenset({"stdout", "stderr"})


def contents(lines: bytes) -> Iterator[tuple[str, bytes]]:
    """("stdout" or "stderr", what was written there) of whole lines, neighbours of one stream together."""
    plain = _PLAIN.findall(lines)
    if len(plain) == lines.count(b"\n") and _is_text(lines):
        for stream, run in groupby(plain, itemgetter(1)):
            yield stream.decode(), b"\n".join([text for text, _ in run]) + b"\n"
        return
    for name, entries in groupby(_entries(lines.split(b"\n")[:-1]), itemgetter(0)):
        yield name, b"".join([content for _, content in entries])


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
