"""A line of `ps`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nerdpy.dockercompat.container_row import ContainerFacts, command_cell, container_row, status_cell

NOW = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)


def facts(**more: Any) -> ContainerFacts:
    values: dict[str, Any] = {
        "container_id": "0123456789ab" + "c" * 52,
        "name": "web",
        "image": "nginx",
        "command": ["nginx", "-g", "daemon off;"],
        "created_at": NOW - timedelta(minutes=5),
        "status": "running",
        "exit_code": 0,
        "started_at": NOW - timedelta(minutes=4),
        "finished_at": None,
        "health": "",
        "published": (),
        "exposed": (),
        "labels": {"b": "2", "a": "1"},
        "mounts": [{"Name": "data", "Driver": "local"}, {"Source": "/a/very/long/path/on/the/host"}],
        "networks": ["bridge"],
        "platform": "linux/amd64",
        "runtime": "io.containerd.runc.v2",
        "size": "0B",
    }
    return ContainerFacts(**(values | more))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "Up 4 minutes"),
        ({"health": "healthy"}, "Up 4 minutes (healthy)"),
        ({"health": "starting"}, "Up 4 minutes (health: starting)"),
        ({"status": "paused"}, "Up 4 minutes (Paused)"),
        ({"started_at": None}, "Up"),
        ({"status": "created"}, "Created"),
        (
            {"status": "exited", "exit_code": 3, "finished_at": NOW - timedelta(seconds=5)},
            "Exited (3) 5 seconds ago",
        ),
        (
            {"status": "restarting", "exit_code": 1, "finished_at": NOW - timedelta(seconds=5)},
            "Restarting (1) 5 seconds ago",
        ),
        ({"status": "unknown"}, "Unknown"),
    ],
)
def test_the_status_cell(more: dict[str, Any], expected: str) -> None:
    assert status_cell(facts(**more), NOW) == expected


def test_a_long_command_is_cut_at_twenty_characters() -> None:
    assert command_cell(["nginx", "-g", "daemon off;"], no_trunc=False) == '"nginx -g daemon off;"'
    assert command_cell(["/docker-entrypoint.sh", "nginx"], no_trunc=False) == '"/docker-entrypoint.…"'
    assert command_cell(["/docker-entrypoint.sh", "nginx"], no_trunc=True) == '"/docker-entrypoint.sh nginx"'


def test_a_row_has_dockers_fields() -> None:
    row = container_row(facts(), NOW, no_trunc=False)
    assert (row.ID, row.Names, row.RunningFor, row.Labels) == (
        "0123456789ab",
        "web",
        "5 minutes ago",
        "a=1,b=2",
    )
    assert (row.Mounts, row.LocalVolumes) == ("data,/a/very/long/p…", "1")
    assert (row.Networks, row.State) == ("bridge", "running")
    assert row.Label("a") == "1"
    assert row.Label("absent") == ""
