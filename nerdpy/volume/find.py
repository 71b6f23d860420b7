"""Volumes as they lie on disk: a folder with `_data`, and `volume.json` beside it (nerdctl's layout)."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

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
    labels: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime

    @property
    def is_anonymous(self) -> bool:
        """By its label: 64 hex digits may be a name that somebody chose."""
        return ANONYMOUS in self.labels or ANONYMOUS_OF_NERDCTL in self.labels

    def size(self) -> int:
        """Bytes of all files in it; links are not followed, a file with several names counts once."""
        seen: set[tuple[int, int]] = set()
        total = 0
        for _, folders, files, descriptor in os.fwalk(self.mountpoint):
            for name in (*folders, *files):
                try:
                    found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                except OSError:  # removed while we look
                    continue
                if (found.st_dev, found.st_ino) not in seen:
                    seen.add((found.st_dev, found.st_ino))
                    total += found.st_size
        return total


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
    labels: dict[str, str] = {}
    try:
        with open(folder / RECORD) as file:
            created = os.fstat(file.fileno()).st_mtime
            labels = json.load(file).get("labels") or {}
    except (OSError, ValueError, AttributeError):
        pass
    return Volume(
        name=name,
        mountpoint=folder / DATA,
        labels={str(key): str(value) for key, value in labels.items()},
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
