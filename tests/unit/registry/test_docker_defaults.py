"""Defaults out of docker's config.json."""

from pathlib import Path

import pytest

from nerdpy.registry.docker_defaults import docker_default


@pytest.mark.parametrize(
    ("text", "expected", "warning"),
    [
        ('{"psFormat": "{{.Names}}", "auths": {}}', "{{.Names}}", ""),
        ('{"auths": {}}', "", ""),
        ("", "", ""),
        ('{"psFormat": 7}', "", ""),
        ('["psFormat"]', "", ""),
        ('{"HttpHeaders": {"psFormat": "no"}}', "", ""),
        ('{"psFormat": ', "", "config.json is not JSON"),
        ("\udcff", "", "config.json cannot be read: it is no text"),
    ],
)
def test_what_the_file_says(tmp_path: Path, text: str, expected: str, warning: str) -> None:
    (tmp_path / "config.json").write_text(text, errors="surrogateescape")
    told: list[str] = []
    assert docker_default(str(tmp_path), "psFormat", told.append) == expected
    assert [each.rpartition("/")[2] for each in told] == ([warning] if warning else [])


def test_no_file_and_no_folder_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    assert docker_default(str(tmp_path / "no/where"), "psFormat", told.append) == ""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert docker_default("", "psFormat", told.append) == ""
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text('{"psFormat": "json"}')
    assert docker_default("", "psFormat", told.append) == "json"
    assert told == []
