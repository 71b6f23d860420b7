"""--health-* and --no-healthcheck."""

from datetime import timedelta
from typing import Any

import pytest

from nerdpy.commands.container.flags.health import HealthFlags
from nerdpy.errors import UsageError
from nerdpy.model.health import HealthCheck


@pytest.mark.parametrize(
    ("flags", "check"),
    [
        ({}, None),
        ({"health_cmd": ""}, None),
        ({"health_interval": "0s", "health_retries": 0}, None),
        ({"health_cmd": "a b"}, HealthCheck(test=("CMD-SHELL", "a b"))),
        ({"health_retries": 2}, HealthCheck(retries=2)),
        (
            {
                "health_interval": "1m30s",
                "health_timeout": "1ms",
                "health_start_period": "1h",
                "health_start_interval": "500ms",
            },
            HealthCheck(
                interval=timedelta(seconds=90),
                timeout=timedelta(milliseconds=1),
                start_period=timedelta(hours=1),
                start_interval=timedelta(milliseconds=500),
            ),
        ),
        ({"no_healthcheck": True}, HealthCheck(test=("NONE",))),
        ({"no_healthcheck": True, "health_cmd": ""}, HealthCheck(test=("NONE",))),
    ],
)
def test_what_is_said_of_health_checks(flags: dict[str, Any], check: HealthCheck | None) -> None:
    assert HealthFlags(**flags).parse_health() == check


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"health_interval": "-1s"}, "--health-interval cannot be negative"),
        ({"health_timeout": "-1ms"}, "--health-timeout cannot be negative"),
        ({"health_start_period": "-1h"}, "--health-start-period cannot be negative"),
        ({"health_start_interval": "-1s"}, "--health-start-interval cannot be negative"),
        ({"health_retries": -1}, "--health-retries cannot be negative"),
        ({"health_interval": "999us"}, "--health-interval cannot be less than 1ms"),
        ({"health_start_interval": "1us"}, "--health-start-interval cannot be less than 1ms"),
        ({"health_timeout": "x"}, 'invalid argument "x" for --health-timeout'),
        ({"no_healthcheck": True, "health_retries": 1}, "--no-healthcheck conflicts with --health-"),
        ({"no_healthcheck": True, "health_cmd": "x"}, "--no-healthcheck conflicts with --health-"),
    ],
)
def test_what_makes_no_sense_is_refused(flags: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        HealthFlags(**flags).parse_health()
