"""Which containers use which volumes: running, stopped and only created ones alike."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from nerdpy import labels
from nerdpy.engine import Engine
from nerdpy.model.records import ContainerRecord


def users_of_volumes(engine: Engine) -> dict[str, list[str]]:
    """Volume name -> the containers of the namespace that mount it, as a message calls them."""
    users: dict[str, list[str]] = {}
    for record in engine.containerd.containers.list():
        for name in _volumes_of(record, str(engine.paths.volumes)):
            users.setdefault(name, []).append(record.labels.get(labels.NAME) or record.id[:12])
    return users


def _volumes_of(record: ContainerRecord, folder: str) -> set[str]:
    """Volumes of this store only: nerdctl's have the same labels and lie elsewhere."""
    return {
        str(mount.get("Name"))
        for mount in mounts_of(record.labels)
        if mount.get("Type") == "volume" and str(mount.get("Source", "")).startswith(f"{folder}/")
    }


def mounts_of(container_labels: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """The mounts that the labels tell: one in each of `nerdctl/mounts.N`, or, of old, a list in one label."""
    for key, text in container_labels.items():
        if key != labels.MOUNTS and not key.startswith(f"{labels.MOUNTS}."):
            continue
        try:
            value = json.loads(text)
        except ValueError:
            continue
        yield from (entry for entry in (value if isinstance(value, list) else [value]) if _is_mount(entry))


def _is_mount(value: Any) -> bool:
    return isinstance(value, dict)
