"""Volumes as they lie on disk: a folder with `_data`, and `volume.json` beside it (nerdctl's layout).

What a volume with driver options holds lies elsewhere: it is mounted below the state root while somebody uses
it (`volume/mounting.py`), never in the volume's folder, so that no removal of that folder can reach it.
"""

import json
import os
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass, field
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.model.identifier import is_identifier

DATA, RECORD = "_data", "volume.json"
ANONYMOUS = "com.docker.volume.anonymous"
"""Label of a volume that nobody named, as docker writes it; the value is empty."""
ANONYMOUS_OF_NERDCTL = "nerdctl/anonymous-volumes"


@dataclass(frozen=True, kw_only=True)
class Volume:
    """One volume of this namespace."""

    name: str
    mountpoint: Path
    """Where its data is seen; of one with options only while it is mounted."""
    labels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    """Of the driver: `type`, `device`, `o`. With any, the volume is a mount."""
    created_at: datetime

    @property
    def is_anonymous(self) -> bool:
        """By its label: 64 hex digits may be a name that somebody chose."""
        return ANONYMOUS in self.labels or ANONYMOUS_OF_NERDCTL in self.labels

    def size(self) -> int:
        """Bytes of all files in it; links are not followed, a file with several names counts once. What
        driver options mount is not ours, and not counted."""
        return 0 if self.options else bytes_in(self.mountpoint)


def get(engine: Engine, name: str) -> Volume:
    """The volume of that exact name; NotFound."""
    found = load_volume(engine, name) if is_identifier(name) else None
    if found is None:
        raise NotFound(f"no such volume: {name}")
    return found


def load_volume(engine: Engine, name: str) -> Volume | None:
    """The volume, if it is there. Its record may be missing or broken: the data counts."""
    folder = engine.paths.volume(name)
    try:
        status = os.stat(folder / DATA)
    except OSError:
        return None
    created = status.st_mtime
    record: dict[str, Any] = {}
    try:
        with open(folder / RECORD) as file:
            created = os.fstat(file.fileno()).st_mtime
            record = json.load(file)
    except (OSError, ValueError):
        pass
    options = _texts(record, "options")
    return Volume(
        name=name,
        mountpoint=engine.paths.volume_mount(name) / DATA if options else folder / DATA,
        labels=_texts(record, "labels"),
        options=options,
        created_at=datetime.fromtimestamp(created, UTC),
    )


def all_volumes(engine: Engine) -> list[Volume]:
    """Every volume of the namespace, by name."""
    try:
        names = sorted(os.listdir(engine.paths.volumes))
    except FileNotFoundError:
        return []
    found = (load_volume(engine, name) for name in names if is_identifier(name))
    return [volume for volume in found if volume is not None]


def bytes_in(folder: Path) -> int:
    """Of all files in it, each counted once; 0 for a folder that is not there any more."""
    from nerdpy.linux.tree import walk  # most commands ask for no sizes

    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return 0
    seen: set[tuple[int, int]] = set()
    total = 0
    try:
        for _, _, found in walk(top):
            if found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode):
                if (found.st_dev, found.st_ino) in seen:
                    continue
                seen.add((found.st_dev, found.st_ino))
            total += found.st_size
    finally:
        os.close(top)
    return total


def _texts(record: Any, key: str) -> dict[str, str]:
    found = record.get(key) if isinstance(record, dict) else None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
