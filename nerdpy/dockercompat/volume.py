"""Pure: volumes as docker shows them: the JSON of `volume inspect`, the rows of `volume ls`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.row import Row
from nerdpy.model.volume_options import shown_options

NO_SIZE = "N/A"
"""What docker's listing shows where nobody counted."""
COLUMNS = (("DRIVER", "Driver"), ("VOLUME NAME", "Name"))
COLUMNS_WITH_SIZE = (*COLUMNS, ("SIZE", "Size"))


@dataclass(frozen=True, kw_only=True)
class VolumeRow(Row):
    """One line of `volume ls`."""

    Name: str
    Mountpoint: str
    Size: str = NO_SIZE
    Driver: str = "local"
    Scope: str = "local"
    Links: str = NO_SIZE
    Availability: str = NO_SIZE
    Group: str = NO_SIZE
    Status: str = NO_SIZE


def volume_object(
    name: str,
    *,
    mountpoint: str,
    created_at: datetime,
    labels: Mapping[str, str],
    options: Mapping[str, str],
    size: int | None = None,
) -> dict[str, Any]:
    """One element of `volume inspect`; nerdctl's Size only where it was asked for. Passwords among the
    options are blotted out."""
    shown: dict[str, Any] = {
        "CreatedAt": created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Driver": "local",
        "Labels": dict(labels) or None,
        "Mountpoint": mountpoint,
        "Name": name,
        "Options": shown_options(options) or None,
        "Scope": "local",
    }
    return shown if size is None else {**shown, "Size": size}
