"""The lists that are being made: one file each below the data root, whole or not there."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from nerdpy.config import Config
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.linux.flock import locked
from nerdpy.linux.whole_file import write_whole
from nerdpy.manifest.entry import Entry
from nerdpy.model.reference import Reference, parse_reference
from nerdpy.paths import manifest_lists

LONGEST_NAME = 240


@dataclass(frozen=True)
class Lists:
    """All lists of one data root."""

    folder: Path

    @staticmethod
    def of(config: Config) -> "Lists":
        return Lists(manifest_lists(config.data_root))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One change of the lists at a time. Registries are asked before or within: it may take its time."""
        with locked(self.folder / ".lock", what="the manifest lists"):
            yield

    def find(self, name: Reference) -> list[Entry] | None:
        """The entries in their order; None when there is no such list."""
        path = self.path(name)
        try:
            value = json.loads(path.read_bytes())
            return [Entry.from_json(one) for one in value["manifests"]]
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, LookupError, TypeError, RecursionError):
            raise InvalidArgument(
                f"{path} is damaged", hint=f"remove it: `nerdpy manifest rm {name.familiar_string}`"
            ) from None

    def get(self, name: Reference) -> list[Entry]:
        """The same; NotFound when there is no such list."""
        entries = self.find(name)
        if entries is None:
            raise no_such_list(name)
        return entries

    def save(self, name: Reference, entries: Sequence[Entry]) -> None:
        """Replace a list."""
        value = {"name": str(name), "manifests": [entry.to_json() for entry in entries]}
        write_whole(self.path(name), json.dumps(value), is_durable=True)

    def remove(self, name: Reference) -> None:
        """NotFound when there is no such list; a damaged one goes as well."""
        try:
            self.path(name).unlink()
        except (FileNotFoundError, NotADirectoryError):
            raise no_such_list(name, hint=self._those()) from None

    def names(self) -> list[str]:
        """As they were typed, sorted; a damaged list has none."""
        found = []
        for path in self.folder.glob("*.json"):
            try:
                found.append(parse_reference(json.loads(path.read_bytes())["name"]).familiar_string)
            except (OSError, ValueError, LookupError, TypeError, RecursionError, InvalidArgument):
                continue
        return sorted(found)

    def _those(self) -> str:
        names = self.names()
        return f"those there are: {', '.join(names)}" if names else "no manifest list is being made"

    def path(self, name: Reference) -> Path:
        """No two names have one file; one that is too long for a file is known by its hash."""
        text = quote(str(name), safe="")
        if len(text) > LONGEST_NAME:
            text = hashlib.sha256(text.encode()).hexdigest()
        return self.folder / f"{text}.json"


def no_such_list(name: Reference, *, hint: str = "") -> NotFound:
    """By default the way out is to make it."""
    make = f"make it by `nerdpy manifest create {name.familiar_string} MANIFEST [MANIFEST...]`"
    return NotFound(f"no such manifest: {name.familiar_string}", hint=hint or make)


def parse_list_name(text: str) -> Reference:
    """The name under which a list is kept and pushed: a tag, for its digest is not known before."""
    name = parse_reference(text)
    if name.digest:
        raise InvalidArgument(
            f'"{text}" has a digest, and a list gets its own when it is made', hint="name it by a tag"
        )
    return name
