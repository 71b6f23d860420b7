"""The state that docker shows."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nerdpy import labels
from nerdpy.container.status import RESTARTED_BY, state_of, will_restart
from nerdpy.model.records import ContainerId, ContainerRecord, TaskStatus

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ENDED = {
    "started_at": "2026-01-02T03:00:00+00:00",
    "finished_at": "2026-01-02T03:04:05+00:00",
    "exit_code": 3,
}


def record(**more: str) -> ContainerRecord:
    return ContainerRecord(id=ContainerId("a" * 64), labels=more)


def task(status: str, code: int = 0) -> TaskStatus:
    return TaskStatus(
        id="a" * 64, pid=42, status=status, exit_code=code, exited_at=WHEN if status == "stopped" else None
    )


@pytest.mark.parametrize(
    ("seen", "lifecycle", "expected"),
    [
        (None, {}, "created"),
        (task("created"), {}, "created"),
        (task("running"), {}, "running"),
        (task("running"), ENDED, "running"),
        (task("paused"), {}, "paused"),
        (task("pausing"), {}, "paused"),
        (task("unknown"), {}, "unknown"),
        (task("stopped"), {}, "exited"),
        (None, ENDED, "exited"),
        (None, {"started_at": "2026-01-02T03:00:00+00:00"}, "exited"),
        (task("running"), {"started_at": "2026-01-02T03:00:00+00:00"}, "running"),
    ],
)
def test_a_status_is_told_by_task_and_lifecycle(
    seen: TaskStatus | None, lifecycle: dict[str, Any], expected: str
) -> None:
    assert state_of(record(), seen, lifecycle).status == expected


def test_a_container_that_nobody_saw_end_has_the_code_of_a_reboot() -> None:
    assert state_of(record(), None, {"started_at": "2026-01-02T03:00:00+00:00"}).exit_code == 255


def test_a_stopped_task_tells_the_exit_better_than_the_file() -> None:
    state = state_of(record(), task("stopped", 7), ENDED)
    assert (state.exit_code, state.finished_at) == (7, WHEN)


def test_a_running_container_has_a_pid_and_no_exit_code() -> None:
    state = state_of(record(), task("running"), ENDED)
    assert (state.pid, state.exit_code, state.is_running) == (42, 0, True)


def test_the_error_of_a_failed_start_is_kept() -> None:
    assert state_of(record(), None, {"error": "no such file"}).error == "no such file"


@pytest.mark.parametrize(
    ("policy", "code", "count", "stopped", "expected"),
    [
        ("always", 0, "0", "false", True),
        ("always", 0, "0", "true", False),
        ("unless-stopped", 1, "0", "false", True),
        ("unless-stopped", 1, "0", "true", False),
        ("on-failure", 0, "0", "false", False),
        ("on-failure", 1, "99", "false", True),
        ("on-failure:3", 1, "2", "false", True),
        ("on-failure:3", 1, "3", "false", False),
        ("nonsense", 1, "0", "false", False),
        ("", 1, "0", "false", False),
    ],
)
def test_a_container_restarts_by_its_policy(
    policy: str, code: int, count: str, stopped: str, expected: bool
) -> None:
    one = record(
        **{
            labels.RESTART_POLICY: policy,
            labels.RESTART_STATUS: "running",
            labels.RESTART_COUNT: count,
            labels.EXPLICITLY_STOPPED: stopped,
        }
    )
    assert will_restart(one, task("stopped", code), {}) is expected


def test_a_policy_that_is_not_armed_restarts_nothing() -> None:
    assert not will_restart(record(**{labels.RESTART_POLICY: "always"}), task("stopped", 1), {})


def test_what_failed_without_leaving_a_task_is_not_restarted_unless_it_is_already() -> None:
    one = record(**{labels.RESTART_POLICY: "on-failure", labels.RESTART_STATUS: "running"})
    failed = {"exit_code": 7, "finished_at": "2026-01-01T00:00:00+00:00"}
    assert not will_restart(one, None, failed)
    assert will_restart(one, None, failed | {RESTARTED_BY: [1, 2]})
    assert will_restart(one, task("created"), failed | {RESTARTED_BY: [1, 2]})
