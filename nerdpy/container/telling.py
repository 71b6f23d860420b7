"""What is told of containers for `events`, in docker's words: a note in the journal, no reason to fail."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nerdpy import labels
from nerdpy.container.find import name_of
from nerdpy.container.status import moment
from nerdpy.engine import Engine
from nerdpy.model.records import ContainerRecord


def tell(
    engine: Engine, record: ContainerRecord, action: str, at: datetime | None = None, **attributes: str
) -> None:
    """Note that `action` happened to the container, now or `at` that moment."""
    nanoseconds = int(at.timestamp() * 10**6) * 1000 if at is not None else 0
    everything = {**attributes_of(record), **attributes}
    engine.store.journal.note("container", action, record.id, everything, nanoseconds=nanoseconds)


def tell_death(engine: Engine, record: ContainerRecord, lifecycle: Mapping[str, Any]) -> None:
    """The end of a run, as lifecycle.json knows it; before it, that memory was wanting, if it was."""
    finished, started = moment(lifecycle.get("finished_at")), moment(lifecycle.get("started_at"))
    if lifecycle.get("oom_killed"):
        tell(engine, record, "oom", finished)
    code = str(lifecycle.get("exit_code") or 0)
    tell(engine, record, "die", finished, exitCode=code, **lasted(started, finished))


def tell_volumes(engine: Engine, record: ContainerRecord, action: str) -> None:
    """`mount` before a run, `unmount` after it, of each volume that the container uses."""
    number = 0
    while (text := record.labels.get(f"{labels.MOUNTS}.{number}")) is not None:
        number += 1
        if '"Type":"volume"' not in text:
            continue
        mount = json.loads(text)
        attributes = {"driver": str(mount["Driver"]), "container": record.id}
        if action == "mount":
            attributes |= {
                "destination": str(mount["Destination"]),
                "read/write": str(mount["RW"]).lower(),
                "propagation": str(mount["Propagation"]),
            }
        engine.store.journal.note("volume", action, str(mount["Name"]), attributes)


def lasted(started: datetime | None, finished: datetime | None) -> dict[str, str]:
    """docker's `execDuration`, whole seconds, where both ends are known."""
    if started is None or finished is None:
        return {}
    return {"execDuration": str(max(int((finished - started).total_seconds()), 0))}


def attributes_of(record: ContainerRecord) -> dict[str, str]:
    """The user's labels, the image as it was typed, and the name."""
    remembered = labels.unpacked(labels.OPTIONS, record.labels, {})
    typed = remembered.get("Config", {}).get("Image") if isinstance(remembered, dict) else None
    image = str(typed or record.image)
    return {**labels.user_labels(record.labels), "image": image, "name": name_of(record)}
