"""docker's state machine of health checks, by tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nerdpy.model.health import (
    Health,
    HealthCheck,
    ProbeResult,
    health_json,
    healthcheck_json,
    parse_health,
    parse_healthcheck,
    result_json,
    shown_output,
)

SECOND = timedelta(seconds=1)
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def result(exit_code: int, output: str = "") -> ProbeResult:
    return ProbeResult(start=WHEN, end=WHEN + SECOND, exit_code=exit_code, output=output)


@pytest.mark.parametrize(
    ("probes", "status", "streak"),
    [
        # (seconds after the start, exit code) of each probe; 2 retries, 10 seconds of start period
        ([], "starting", 0),
        ([(1, 1)], "starting", 0),
        ([(1, 1), (5, 1), (9.9, -1)], "starting", 0),
        ([(1, 1), (10, 1)], "starting", 1),
        ([(10, 1), (11, 1)], "unhealthy", 2),
        ([(10, 1), (11, 1), (12, 1)], "unhealthy", 3),
        ([(1, 0)], "healthy", 0),
        ([(1, 0), (2, 1)], "healthy", 1),
        ([(1, 0), (2, 1), (3, 1)], "unhealthy", 2),
        ([(1, 0), (2, 1), (3, 0), (4, 1)], "healthy", 1),
        ([(11, 1), (12, 0)], "healthy", 0),
        ([(11, 1), (12, 1), (13, 0)], "healthy", 0),
        ([(11, 1), (12, 1), (13, 0), (14, 2)], "healthy", 1),
    ],
)
def test_what_probes_make_of_the_state(probes: list[tuple[float, int]], status: str, streak: int) -> None:
    check = HealthCheck(test=("CMD", "x"), retries=2, start_period=10 * SECOND)
    health = Health()
    for age, code in probes:
        health = health.after(result(code), check, age * SECOND)
    assert (health.status, health.failing_streak) == (status, streak)


def test_without_a_start_period_the_first_failure_counts_and_three_make_it_unhealthy() -> None:
    health, seen = Health(), []
    for _ in range(3):
        health = health.after(result(1), HealthCheck(test=("CMD", "x")), timedelta())
        seen.append((health.status, health.failing_streak))
    assert seen == [("starting", 1), ("starting", 2), ("unhealthy", 3)]


def test_the_newest_five_results_are_kept() -> None:
    health = Health()
    for code in range(7):
        health = health.after(result(code), HealthCheck(), SECOND)
    assert [entry["ExitCode"] for entry in health.log] == [2, 3, 4, 5, 6]


def test_a_new_start_keeps_the_results_and_forgets_the_rest() -> None:
    health = Health().after(result(1), HealthCheck(retries=1), SECOND)
    assert (health.anew().status, health.anew().failing_streak, health.anew().log) == (
        "starting",
        0,
        health.log,
    )
    assert Health(status="healthy", log=health.log).unwatched() == Health(status="unhealthy", log=health.log)


@pytest.mark.parametrize(
    ("test", "argv"),
    [
        ((), ()),
        (("",), ()),
        (("NONE",), ()),
        (("CMD",), ()),
        (("CMD-SHELL",), ()),
        (("CMD", "curl", "-f", "x y"), ("curl", "-f", "x y")),
        (("CMD-SHELL", "curl x || exit 1"), ("/bin/sh", "-c", "curl x || exit 1")),
        (("curl", "-f"), ("curl", "-f")),
    ],
)
def test_what_is_run(test: tuple[str, ...], argv: tuple[str, ...]) -> None:
    check = HealthCheck(test=test)
    assert check.argv() == argv
    assert check.is_active == bool(argv)


def test_the_image_may_name_another_shell() -> None:
    assert HealthCheck(test=("CMD-SHELL", "x")).argv(("/bin/ash", "-ec")) == ("/bin/ash", "-ec", "x")


def test_each_field_that_is_not_given_is_the_image_s() -> None:
    image = HealthCheck(test=("CMD", "x"), interval=SECOND, timeout=SECOND, retries=5, start_interval=SECOND)
    given = HealthCheck(timeout=3 * SECOND, retries=1)
    assert given.over(image) == HealthCheck(
        test=("CMD", "x"), interval=SECOND, timeout=3 * SECOND, retries=1, start_interval=SECOND
    )
    assert given.over(None) == given
    assert not HealthCheck(test=("NONE",)).over(image).is_active


def test_zero_means_the_default() -> None:
    check = HealthCheck().with_defaults()
    seconds = [
        time / SECOND for time in (check.interval, check.timeout, check.start_period, check.start_interval)
    ]
    assert (seconds, check.retries) == ([30, 30, 0, 5], 3)
    assert HealthCheck(interval=SECOND).with_defaults().interval == SECOND


def test_the_check_is_the_same_after_docker_s_json() -> None:
    value = {"Test": ["CMD", "x"], "Interval": 1_500_000_000, "StartPeriod": 1_000_000, "Retries": 2}
    check = parse_healthcheck(value)
    assert check == HealthCheck(
        test=("CMD", "x"), interval=1.5 * SECOND, start_period=timedelta(milliseconds=1), retries=2
    )
    assert healthcheck_json(check) == value
    assert healthcheck_json(HealthCheck()) == {}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "x",
        {},
        {"Test": "x", "Interval": "1s", "Retries": -1},
        {"Timeout": -5},
        {"Interval": 1 << 63},
    ],
)
def test_a_malformed_check_of_an_image_says_nothing(value: object) -> None:
    assert parse_healthcheck(value) in {None, HealthCheck()}


def test_the_state_is_the_same_after_docker_s_json() -> None:
    health = Health().after(result(3, "out\n"), HealthCheck(), SECOND)
    value = health_json(health)
    assert value == {
        "Status": "starting",
        "FailingStreak": 1,
        "Log": [
            {
                "Start": "2026-01-02T03:04:05.000000Z",
                "End": "2026-01-02T03:04:06.000000Z",
                "ExitCode": 3,
                "Output": "out\n",
            }
        ],
    }
    assert parse_health(value) == health
    assert value["Log"][0] == result_json(result(3, "out\n"))


@pytest.mark.parametrize(
    "value", [{}, {"Status": "odd"}, {"FailingStreak": "x", "Log": 5}, {"Log": [1, None]}]
)
def test_a_broken_file_is_a_container_that_is_starting(value: dict[str, Any]) -> None:
    assert parse_health(value) == Health()


def test_output_is_cut_at_4096_bytes() -> None:
    assert shown_output(b"x" * 4096) == "x" * 4096
    assert shown_output(b"x" * 4097) == "x" * 4096 + "..."
    assert shown_output(b"\xff!") == "\ufffd!"
