"""What nerdctl keeps in forms of its own, for its containers: ports, exposed ports, mounts, the log."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nerdpy import labels
from nerdpy.model.ports import PortMapping
from nerdpy.model.records import ContainerRecord

PORTS = "nerdctl/ports"
"""JSON list, as older releases wrote it; newer ones have a file."""
NETWORK_CONFIG = "network-config.json"
"""In the container's folder: `portMappings`, a list as above."""


def ports_of(record: ContainerRecord) -> list[PortMapping]:
    """The published ports of a container that nerdctl made."""
    entries = _loaded(lambda: record.labels.get(PORTS, ""))
    folder = _folder(record)
    if not entries and folder is not None:
        config = _loaded((folder / NETWORK_CONFIG).read_text)
        entries = config.get("portMappings") if isinstance(config, dict) else None
    found = []
    for entry in entries if isinstance(entries, list) else ():
        with suppress(KeyError, TypeError, ValueError):
            found.append(
                PortMapping(
                    container_port=int(entry["ContainerPort"]),
                    protocol=str(entry["Protocol"]),
                    host_ip=str(entry["HostIP"]),
                    host_port=int(entry["HostPort"]),
                )
            )
    return found


def exposed_of(record: ContainerRecord) -> list[str]:
    """`80/tcp` of each port that its image exposes."""
    value = _loaded(lambda: record.labels.get(labels.EXPOSED_PORTS, ""))
    return [str(port) for port in value] if isinstance(value, dict) else []


def mounts_of(record: ContainerRecord) -> list[dict[str, object]]:
    """docker's `Mounts`, which older releases wrote into one label."""
    value = _loaded(lambda: record.labels.get(labels.MOUNTS, ""))
    return [mount for mount in value if isinstance(mount, dict)] if isinstance(value, list) else []


def log_of(record: ContainerRecord) -> Path | None:
    """The json-file driver's log, where there is one."""
    folder = _folder(record)
    path = folder / f"{record.id}-json.log" if folder is not None else None
    return path if path is not None and path.exists() else None


def _folder(record: ContainerRecord) -> Path | None:
    text = record.labels.get(labels.STATE_DIR, "")
    return Path(text) if text.startswith("/") else None


def _loaded(read: Callable[[], str]) -> Any:
    with suppress(OSError, ValueError):
        return json.loads(read())
    return None
