"""Pure: as much of MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) as fluentd's forward
protocol needs."""

from collections.abc import Mapping, Sequence


class Extension:
    """An ext value of eight bytes."""

    def __init__(self, kind: int, data: bytes) -> None:
        self.kind = kind
        self.data = data


Value = int | str | bytes | Extension | Mapping[str, "Value"] | Sequence["Value"]


def pack(value: Value) -> bytes:
    """One value; bytes are packed as a string, whatever they hold. Integers from 0 on."""
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, str):
        return _text(value.encode(errors="surrogateescape"))
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, Extension):
        return b"\xd7" + bytes((value.kind,)) + value.data
    if isinstance(value, Mapping):
        return map_head(len(value)) + members(value)
    return _counted(len(value), 0x90, 16, b"", b"\xdc", b"\xdd") + b"".join(map(pack, value))


def map_head(count: int) -> bytes:
    """What stands before so many members."""
    return _counted(count, 0x80, 16, b"", b"\xde", b"\xdf")


def members(value: Mapping[str, Value]) -> bytes:
    """The keys and values of a map, without its head."""
    return b"".join(pack(key) + pack(item) for key, item in value.items())


def _integer(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    size = next(size for size in (1, 2, 4, 8) if value < 1 << 8 * size)
    return bytes((0xCC + size.bit_length() - 1,)) + value.to_bytes(size)


def _text(data: bytes) -> bytes:
    return _counted(len(data), 0xA0, 32, b"\xd9", b"\xda", b"\xdb") + data


def _counted(count: int, short: int, limit: int, one: bytes, two: bytes, four: bytes) -> bytes:
    """The head of something with a length, in the shortest form that there is."""
    if count < limit:
        return bytes((short | count,))
    if one and count < 1 << 8:
        return one + count.to_bytes(1)
    return two + count.to_bytes(2) if count < 1 << 16 else four + count.to_bytes(4)
