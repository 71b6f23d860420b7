"""Names of things that lie on disk are offered, engine or not."""

import json
from pathlib import Path

from nerdpy.cli.candidates import named
from nerdpy.config import Config
from nerdpy.manifest.lists import Lists
from nerdpy.model.reference import parse_reference

NO_SETTINGS = {"NERDPY_TOML": "/nonexistent"}


def test_registries_with_a_login_are_offered(tmp_path: Path) -> None:
    value = {"auths": {"r.example": {}, "s.example:5000": {}}, "credHelpers": {"r.example": "pass"}}
    (tmp_path / "config.json").write_text(json.dumps(value))
    given = [("--config", str(tmp_path))]
    assert list(named("login", given, NO_SETTINGS)) == ["r.example", "s.example:5000"]
    (tmp_path / "config.json").write_text("no JSON")
    assert list(named("login", given, NO_SETTINGS)) == []


def test_manifest_lists_are_offered_by_their_names(tmp_path: Path) -> None:
    given = [("--data-root", str(tmp_path))]
    assert list(named("manifest", given, NO_SETTINGS)) == []
    lists = Lists.of(Config(data_root=str(tmp_path)))
    for name in ("r.example/b:1", "a"):
        lists.save(parse_reference(name), [])
    lists.path(parse_reference("damaged")).write_text("{")
    assert list(named("manifest", given, NO_SETTINGS)) == ["a:latest", "r.example/b:1"]


def test_what_nobody_knows_is_not_offered() -> None:
    assert list(named("nothing", [], NO_SETTINGS)) == []
