"""One private descriptor pool for containerd's messages, and how message classes come out of it.

A private pool, for then no other package's copy of the same names can clash with ours. And protobuf's own
generated modules are not used: they refuse to load under an older protobuf than the one they were generated
with, and they import its pure-Python implementation (text format, encoders, ...), which is never called
where the C implementation is there. Measured on 2 cores, Python 3.11, protobuf 7.36: `import
google.protobuf.message_factory` 18 to 25 ms, the C implementation alone 4 ms. Where it is missing, or is
not as we know it, protobuf's public way is taken.

To Timestamp and its like the C implementation adds methods that are written in Python (`ToDatetime`, `Pack`);
their module takes 3 ms to import, and nobody here calls them (`wire.py` reads the seconds).
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

METHODS = "google.protobuf.internal.well_known_types"
TRIAL = b'\n\x01f"\x03\n\x01M'
"""A file "f" with one empty message "M": does the C implementation still work as we think?"""


def _fast() -> tuple[Any, Callable[[Any], type]]:
    from google._upb._message import DescriptorPool, MessageMeta  # type: ignore[import-not-found]

    def class_of(descriptor: Any) -> type:
        made: type = MessageMeta(descriptor.name, (), {"DESCRIPTOR": descriptor})
        return made

    trial = DescriptorPool()
    trial.AddSerializedFile(TRIAL)
    with _without_methods():  # the first class of all asks for them
        made = class_of(trial.FindMessageTypeByName("M"))
    if made.FromString(b"") is None:  # type: ignore[attr-defined]
        raise TypeError
    return DescriptorPool(), class_of


@contextmanager
def _without_methods() -> Iterator[None]:
    """An empty module stands for the one with the methods, unless somebody has imported that already."""
    standing = ModuleType(METHODS)
    standing.WKTBASES = {}  # type: ignore[attr-defined]
    is_first = sys.modules.setdefault(METHODS, standing) is standing
    try:
        yield
    finally:
        if is_first:
            del sys.modules[METHODS]


def _public() -> tuple[Any, Callable[[Any], type]]:
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClass

    return DescriptorPool(), GetMessageClass


try:
    POOL, _class_of = _fast()
except (ImportError, AttributeError, TypeError, SystemError):
    POOL, _class_of = _public()

CLASSES: dict[str, type] = {}
"""Every message class made so far, by full name."""


def define(serialized: bytes, into: dict[str, Any]) -> None:
    """Add one file's descriptor, and put its messages and enum values into a module's globals."""
    POOL.AddSerializedFile(serialized)
    file = POOL.FindFileByName(_name_of(serialized))
    for name, descriptor in file.message_types_by_name.items():
        into[name] = _register(descriptor)
    for enum in file.enum_types_by_name.values():
        into.update({value.name: value.number for value in enum.values})


def _register(descriptor: Any) -> type:
    """The class of a message; those of the messages inside it are made first, as protobuf does it."""
    for nested in descriptor.nested_types:
        if nested.full_name not in CLASSES:
            _register(nested)
    made = _class_of(descriptor)
    CLASSES[descriptor.full_name] = made
    return made


def _name_of(serialized: bytes) -> str:
    """The file's name is the descriptor's first field: tag 0x0a, one byte of length, the text."""
    return serialized[2 : 2 + serialized[1]].decode()
