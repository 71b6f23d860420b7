"""Which containers use which volumes: running, stopped and only created ones alike."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nerdpy import labels
from nerdpy.engine import Engine
from nerdpy.model.records import ContainerRecord


@contextmanager
def changing(engine: Engine) -> Iterator[None]:
    """Held while it is decided whether a volume is made, used or removed: a volume that somebody is about to
    use must not go away between his look and his note."""
    with engine.store.locks.path(engine.paths.volumes_lock):
        yield


def users_of_volumes(engine: Engine, but: str = "") -> dict[str, list[str]]:
    """Volume name -> the containers of the namespace that mount it, as a message calls them; those too that
    are just being made. The container with the id `but` does not count."""
    users: dict[str, list[str]] = {}
    being_made = [one for one in engine.store.intents.living("create") if one.container_id != but]
    for intent in being_made:
        for name in intent.facts.get("uses", ()):
            users.setdefault(name, []).append(str(intent.facts.get("name")))
    made_already = {one.container_id for one in being_made}
    for record in engine.containerd.containers.list():
        if record.id == but or record.id in made_already:
            continue
        for name in _volumes_of(record, engine.paths.volumes, engine.paths.volume_mounts):
            users.setdefault(name, []).append(record.labels.get(labels.NAME) or record.id[:12])
    return users


def _volumes_of(record: ContainerRecord, *folders: Path) -> set[str]:
    """Volumes of this store only: nerdctl's have the same labels and lie elsewhere."""
    starts = tuple(f"{folder}/" for folder in folders)
    return {
        str(mount.get("Name"))
        for mount in mounts_of(record.labels)
        if mount.get("Type") == "volume" and str(mount.get("Source", "")).startswith(starts)
    }


def mounted_volumes_of(engine: Engine, record: ContainerRecord) -> set[str]:
    """The volumes of a container that are mounts themselves (`volume/mounting.py`)."""
    return _volumes_of(record, engine.paths.volume_mounts)


def users_by_path(engine: Engine, names: Iterable[str], but: str = "") -> dict[str, list[str]]:
    """Volume name -> the containers, of whatever namespace and whoever made them, in whose specs its path
    stands: a bind mount of a volume's folder uses it as well. The container with the id `but` does not count.
    Paths in JSON may have `/` escaped, as `\\/`."""
    client, wanted = engine.containerd, set(names)
    folders = b"|".join(
        re.escape(os.fsencode(folder)) for folder in (engine.paths.volumes, engine.paths.volume_mounts)
    )
    path = re.compile(rb"(?:%s)/([\w.-]+)[/\"]" % folders)
    users: dict[str, list[str]] = {}
    for namespace in client.namespaces.list() if wanted else ():
        for record in client.in_namespace(namespace.name).containers.list():
            found = {os.fsdecode(name) for name in path.findall(record.spec_json.replace(b"\\/", b"/"))}
            if record.id == but:
                continue
            name = record.labels.get(labels.NAME) or record.id[:12]
            is_ours = namespace.name == engine.config.namespace
            for volume in found & wanted:
                users.setdefault(volume, []).append(name if is_ours else f"{namespace.name}/{name}")
    return users


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
