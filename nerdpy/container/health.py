"""What is known of a container's health: the file in its folder that probes write and listings read.

The file says for which run of the container it holds (`run`, the first process's pid and start time), so
nothing has to be reset when a container is started: what an earlier run has left is seen to be that.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nerdpy import labels
from nerdpy.linux import process
from nerdpy.model.health import (
    Health,
    HealthCheck,
    ProbeResult,
    health_json,
    parse_health,
    parse_healthcheck,
)
from nerdpy.model.monitor import RUN
from nerdpy.model.records import ContainerRecord
from nerdpy.store.containers import load_json, save_json

if TYPE_CHECKING:
    from nerdpy.container.look import Look
    from nerdpy.engine import Engine


def config_of(record: ContainerRecord) -> dict[str, Any]:
    """docker's `Config`, as far as it is remembered; of nerdctl's containers the health check alone."""
    value = labels.unpacked(labels.OPTIONS, record.labels)
    if isinstance(value, dict):
        config = value.get("Config")
        return config if isinstance(config, dict) else {}
    text = record.labels.get(labels.NERDCTL_HEALTHCHECK)
    try:
        return {"Healthcheck": json.loads(text)} if text else {}
    except ValueError:
        return {}


def healthcheck_of(config: Mapping[str, Any]) -> HealthCheck | None:
    """The check that is to be run; None where there is none, or it was turned off."""
    check = parse_healthcheck(config.get("Healthcheck"))
    return check if check is not None and check.is_active else None


def run_of(pid: int) -> str:
    """Which run of a container it is, by its first process; empty when that is gone."""
    start = process.start_time(pid) if pid else None
    return f"{pid}-{start}" if start is not None else ""


def health_of(look: "Look", config: Mapping[str, Any]) -> Health | None:
    """The health of a container, as docker shows it: None without a check, and until it was started once."""
    if not config:
        return _health_by_nerdctl(look.record)
    if look.health_file is None or look.state.started_at is None or healthcheck_of(config) is None:
        return None
    value = load_json(look.health_file)
    health = parse_health(value)
    if look.state.status == "unknown":
        return health
    if look.state.status != "running":
        return health.unwatched()
    return health if value.get(RUN) == run_of(look.state.pid) else health.anew()


def _health_by_nerdctl(record: ContainerRecord) -> Health | None:
    """What nerdctl has written on its container; the single results are in a file of its own."""
    text = record.labels.get(labels.NERDCTL_HEALTH_STATE)
    try:
        value = json.loads(text) if text else None
    except ValueError:
        return None
    return parse_health(value) if isinstance(value, dict) else None


def keep_result(
    engine: "Engine", container_id: str, run: str, result: ProbeResult, check: HealthCheck, age: timedelta
) -> tuple[Health, Health] | None:
    """Write down what a probe of this run has found: the health before and after. None: the container has
    been removed."""
    path = engine.paths.health(container_id)
    try:
        with _held(path):
            value = load_json(path)
            before = parse_health(value)
            before = before if value.get(RUN) == run else before.anew()
            after = before.after(result, check, age)
            save_json(path, {RUN: run, **health_json(after)})
    except FileNotFoundError:
        return None
    return before, after


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """One writer at a time (the monitor's probe, and `container healthcheck`). The file is replaced by each,
    so the lock counts only if its file is still the one at `path`. Never makes the container's folder."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.path.samestat(os.stat(path), os.fstat(descriptor)):
                yield
                return
        finally:
            os.close(descriptor)
