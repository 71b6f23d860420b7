"""`--volumes-from X[:ro|:rw]`: the mounts of another container, asked for again."""

import json

from nerdpy import labels
from nerdpy.errors import InvalidArgument
from nerdpy.model.mounts import MountRequest
from nerdpy.model.records import ContainerRecord


def mounts_from(record: ContainerRecord, text: str) -> list[MountRequest]:
    """Requests for every bind and volume of `record`; `text` is the flag's value, for its mode."""
    mode = text.partition(":")[2]
    if mode not in {"", "ro", "rw"}:
        raise InvalidArgument(f'invalid mode "{mode}" for --volumes-from', hint="use ro or rw")
    requests = []
    number = 0
    while (entry := record.labels.get(f"{labels.MOUNTS}.{number}")) is not None:
        mount = json.loads(entry)
        number += 1
        if mount["Type"] in {"bind", "volume"}:
            requests.append(_request(mount, mode))
    return requests


def _request(mount: dict[str, object], mode: str) -> MountRequest:
    is_volume = mount["Type"] == "volume"
    return MountRequest(
        type="volume" if is_volume else "bind",
        source=str(mount["Name"] if is_volume else mount["Source"]),
        target=str(mount["Destination"]),
        read_only=mode == "ro" or (not mode and not mount["RW"]),
        propagation=str(mount["Propagation"] or ""),
        mode=mode or str(mount["Mode"] or ""),
        copies_up=False,
    )
