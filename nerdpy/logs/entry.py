"""Pure: one entry of a json-file log, and how `logs` shows it."""

import json
from collections.abc import Mapping
from urllib.parse import quote_plus

from nerdpy.dataclass import dataclass, field
from nerdpy.model.timestamps import parse_entry_time


@dataclass(frozen=True)
class Entry:
    """What docker writes as one line of JSON."""

    text: str
    """With its newline, unless the line goes on in the next entry or was the last and had none."""
    stream: str
    time: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def ends_line(self) -> bool:
        return self.text.endswith("\n")

    @property
    def moment(self) -> int:
        """Nanoseconds since 1970; an entry whose time can't be read is taken to be the oldest."""
        try:
            return parse_entry_time(self.time)
        except ValueError:
            return 0

    def content(self) -> bytes:
        """What the container wrote. A terminal made `\\r\\n` of each newline: that stays, as with docker."""
        text = self.text
        try:
            return text.encode(
                errors="surrogateescape"
            )  # bytes that were no UTF-8 (see drivers/json_file.py)
        except UnicodeEncodeError:  # other surrogates, which only other programs write
            return text.encode(errors="replace")

    def fixed_time(self) -> str:
        """The time with nine digits, so that columns stand below each other: as docker shows it."""
        moment, point, rest = self.time.partition(".")
        if not point:
            return f"{moment.removesuffix('Z')}.000000000Z" if moment.endswith("Z") else moment
        return f"{moment}.{rest.removesuffix('Z').ljust(9, '0')}Z"

    def details(self) -> str:
        """`k=v,k2=v2`, escaped and sorted as docker does."""
        return ",".join(
            f"{quote_plus(key)}={quote_plus(value)}" for key, value in sorted(self.attributes.items())
        )


def parse_entry(line: bytes) -> Entry | None:
    """None for what is no entry: half a line of a monitor that was killed, or damage."""
    try:
        value = json.loads(line.decode())
        text, stream = value["log"], value["stream"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(text, str) or stream not in {"stdout", "stderr"}:
        return None
    attributes = value.get("attrs")
    return Entry(text, stream, str(value.get("time", "")), attributes if isinstance(attributes, dict) else {})
