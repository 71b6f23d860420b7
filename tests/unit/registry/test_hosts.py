"""hosts.toml of our own for registries without valid TLS."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nerdpy.registry.busy import parse_retry_after
from nerdpy.registry.hosts import host_dirs_for, render_insecure_hosts


def test_an_insecure_registry_is_tried_by_tls_and_then_without() -> None:
    said = tomllib.loads(render_insecure_hosts("h:5000"))
    assert said == {"server": "http://h:5000", "skip_verify": True}  # containerd's words for both


def test_the_folder_is_gone_afterwards(tmp_path: Path) -> None:
    with host_dirs_for("h:1", configured=(), is_insecure=True, draft=tmp_path / "draft") as (folder,):
        assert (Path(folder) / "h:1" / "hosts.toml").is_file()
    assert list(tmp_path.iterdir()) == []


def test_what_an_administrator_wrote_stands(tmp_path: Path) -> None:
    (tmp_path / "h:1").mkdir()
    configured = (str(tmp_path),)
    with host_dirs_for("h:1", configured=configured, is_insecure=True, draft=tmp_path / "draft") as folders:
        assert folders == configured


def test_without_the_flag_the_folders_are_the_configured_ones(tmp_path: Path) -> None:
    with host_dirs_for(
        "h:1", configured=("/a", "/b"), is_insecure=False, draft=tmp_path / "draft"
    ) as folders:
        assert folders == ("/a", "/b")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("", 0),
        ("soon", 0),
        ("-3", 0),
        ("Wed, 01 May 2024 12:00:30 GMT", 30),
        ("Wed, 01 May 2024 11:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float) -> None:
    assert parse_retry_after(text, datetime(2024, 5, 1, 12, tzinfo=UTC)) == seconds
