"""`--volumes-from X[:ro|:rw][,z]`: the mounts of another container, asked for again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nerdpy import labels
from nerdpy.dataclass import replace
from nerdpy.model.mounts import MountRequest
from nerdpy.model.records import ContainerRecord

_TAKEN = {"bind", "volume", "image"}
"""A tmpfs belongs to one container."""


def mounts_from(record: ContainerRecord, text: str, stores: Sequence[Path]) -> list[MountRequest]:
    """Requests for every bind, volume and image of `record`; `text` is the flag's value, for its mode.
    Volumes that lie in none of the `stores` are another tool's, and not ours of the same names: their folders
    are bound."""
    mode = text.partition(":")[2]
    anonymous = labels.unpacked(labels.ANONYMOUS_VOLUMES, record.labels, [])
    requests = []
    number = 0
    while (entry := record.labels.get(f"{labels.MOUNTS}.{number}")) is not None:
        mount = json.loads(entry)
        number += 1
        if mount["Type"] in _TAKEN:
            is_ours = any(str(mount["Source"]).startswith(f"{store}/") for store in stores)
            asked = _request(mount if is_ours else _bound(mount), mode)
            requests.append(replace(asked, is_anonymous=is_ours and mount["Name"] in anonymous))
    return requests


def _bound(mount: dict[str, Any]) -> dict[str, Any]:
    return {**mount, "Type": "bind"} if mount["Type"] == "volume" else mount


def _request(mount: dict[str, Any], mode: str) -> MountRequest:
    words = mode.split(",") if mode else []
    is_volume = mount["Type"] == "volume"
    return MountRequest(
        type=mount["Type"],
        source=str(mount["Name"] if is_volume else mount["Source"]),
        target=str(mount["Destination"]),
        read_only="ro" in words or ("rw" not in words and not mount["RW"]) or mount["Type"] == "image",
        propagation=str(mount["Propagation"] or ""),
        relabel="Z" if "Z" in words else "z" if "z" in words else "",
        mode=mode or str(mount["Mode"] or ""),
        subpath=str(mount.get("Subpath", "")),
        copies_up=False,
        is_taken=True,
    )
