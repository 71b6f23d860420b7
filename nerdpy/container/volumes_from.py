"""`--volumes-from X[:ro|:rw][,z]`: the mounts of another container, asked for again."""

import json
from typing import Any

from nerdpy import labels
from nerdpy.model.mounts import MountRequest
from nerdpy.model.records import ContainerRecord

_TAKEN = {"bind", "volume", "image"}
"""A tmpfs belongs to one container."""


def mounts_from(record: ContainerRecord, text: str) -> list[MountRequest]:
    """Requests for every bind, volume and image of `record`; `text` is the flag's value, for its mode."""
    mode = text.partition(":")[2]
    requests = []
    number = 0
    while (entry := record.labels.get(f"{labels.MOUNTS}.{number}")) is not None:
        mount = json.loads(entry)
        number += 1
        if mount["Type"] in _TAKEN:
            requests.append(_request(mount, mode))
    return requests


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
    )
