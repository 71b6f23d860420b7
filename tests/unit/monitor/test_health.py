"""When the monitor probes."""

from pathlib import Path

import pytest

from nerdpy.monitor import health
from nerdpy.monitor.health import interval, is_frozen

TIMES = {"interval": 30.0, "start_interval": 5.0, "start_period": 60.0}


@pytest.mark.parametrize(
    ("age", "is_starting", "seconds"),
    [(0, True, 5), (59.9, True, 5), (60, True, 30), (0, False, 30), (100, False, 30)],
)
def test_the_interval_is_short_while_it_is_starting(age: float, is_starting: bool, seconds: float) -> None:
    assert interval(TIMES, age, lambda: is_starting) == seconds


def test_without_a_start_period_nobody_looks_whether_it_is_starting() -> None:
    def refuse() -> bool:
        raise AssertionError

    assert interval(TIMES | {"start_period": 0.0}, 0, refuse) == 30


@pytest.mark.parametrize(
    ("groups", "file", "text", "expected"),
    [
        ("3:freezer:/box\n0::/box\n", "freezer/box/freezer.state", "FROZEN\n", True),
        ("3:freezer:/box\n0::/box\n", "freezer/box/freezer.state", "THAWED\n", False),
        ("0::/box\n", "box/cgroup.freeze", "1\n", True),
        ("0::/box\n", "box/cgroup.freeze", "0\n", False),
        ("0::/elsewhere\n", "box/cgroup.freeze", "1\n", False),
        ("", "box/cgroup.freeze", "1\n", False),
    ],
)
def test_a_paused_container_is_seen_by_its_control_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: str, file: str, text: str, expected: bool
) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text)
    read = health._read
    monkeypatch.setattr(health, "CGROUPS", str(tmp_path))
    monkeypatch.setattr(health, "_read", lambda path: groups if path == "/proc/7/cgroup" else read(path))
    assert is_frozen(7) is expected
