"""Whose health the file tells."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nerdpy import labels
from nerdpy.container.health import config_of, run_of
from nerdpy.container.look import Look
from nerdpy.container.status import ContainerState
from nerdpy.model.records import ContainerId, ContainerRecord

CHECK = {"Config": {"Healthcheck": {"Test": ["CMD", "true"]}}}
OWN = os.getpid()
KNOWN = {"Status": "healthy", "FailingStreak": 1, "Log": [{"ExitCode": 0}]}


def record(**more: str) -> ContainerRecord:
    return ContainerRecord(id=ContainerId("a" * 64), labels=more, image="", created_at=None)


def look(file: Path, status: str, *, pid: int = OWN, options: Any = CHECK, started: bool = True) -> Look:
    when = datetime(2026, 1, 2, tzinfo=UTC) if started else None
    return Look(
        record=record(**labels.packed(labels.OPTIONS, options)),
        task=None,
        lifecycle={},
        state=ContainerState(status=status, pid=pid, started_at=when),
        health_file=file,
    )


@pytest.mark.parametrize(
    ("status", "is_same", "value", "expected"),
    [
        ("running", True, KNOWN, ("healthy", 1, 1)),
        ("running", True, {}, ("starting", 0, 0)),
        ("running", False, KNOWN, ("starting", 0, 1)),  # the next run: results stay
        ("running", True, KNOWN | {"run": "5-1"}, ("starting", 0, 1)),  # the pid alone tells nothing
        ("paused", True, KNOWN, ("unhealthy", 1, 1)),
        ("exited", False, KNOWN, ("unhealthy", 1, 1)),
        ("unknown", False, KNOWN, ("healthy", 1, 1)),
    ],
)
def test_health_is_of_one_run(
    tmp_path: Path, status: str, is_same: bool, value: dict[str, Any], expected: tuple[str, int, int]
) -> None:
    file = tmp_path / "health.json"
    file.write_text(json.dumps({"run": run_of(OWN)} | value))
    health = look(file, status, pid=OWN if is_same else 1).health
    assert health is not None
    assert (health.status, health.failing_streak, len(health.log)) == expected


def test_there_is_none_without_a_check_or_before_the_first_start(tmp_path: Path) -> None:
    file = tmp_path / "health.json"
    file.write_text(json.dumps(KNOWN))
    off = {"Config": {"Healthcheck": {"Test": ["NONE"]}}}
    assert look(file, "running", options={"Config": {"User": "x"}}).health is None
    assert look(file, "running", options=off).health is None
    assert look(file, "created", pid=0, started=False).health is None
    assert look(tmp_path / "none", "running").health is not None


def test_nerdctl_s_containers_tell_theirs_by_label() -> None:
    theirs = record(
        **{
            labels.NERDCTL_HEALTHCHECK: '{"Test":["CMD","x"],"Interval":5}',
            labels.NERDCTL_HEALTH_STATE: '{"Status":"healthy","FailingStreak":0}',
        }
    )
    seen = Look(record=theirs, task=None, lifecycle={}, state=ContainerState(status="running"))
    assert seen.health is not None
    assert seen.health.status == "healthy"
    assert config_of(theirs)["Healthcheck"]["Test"] == ["CMD", "x"]
    broken = record(**{labels.NERDCTL_HEALTHCHECK: "{", labels.NERDCTL_HEALTH_STATE: "{"})
    assert Look(record=broken, task=None, lifecycle={}, state=ContainerState(status="running")).health is None
    assert config_of(broken) == {}
