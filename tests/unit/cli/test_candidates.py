"""Names of things that lie on disk are offered, engine or not."""

import json
from pathlib import Path

from nerdpy.cli.candidates import FINDERS, named
from nerdpy.config import Config
from nerdpy.engine import Engine
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


def test_networks_are_offered_where_they_can_be_used(tmp_path: Path) -> None:
    kinds: dict[str, dict[str, object]] = {
        "front": {"nerdctlID": "f"},
        "default": {"nerdctlID": "d", "nerdctlLabels": {"nerdctl/default-network": "true"}},
        "strangers": {},
    }
    for name, more in kinds.items():
        content = {"name": name, "plugins": [{"type": "bridge"}], **more}
        (tmp_path / f"{name}.conflist").write_text(json.dumps(content))
    engine = Engine(Config(cni_netconfpath=str(tmp_path)))
    every = {"bridge", "default", "front", "strangers"}
    assert set(FINDERS["network"](engine)) == every | {"host", "none"}
    assert set(FINDERS["network-to-join"](engine)) == every
    assert list(FINDERS["network-to-remove"](engine)) == ["front"]


def test_what_nobody_knows_is_not_offered() -> None:
    assert list(named("nothing", [], NO_SETTINGS)) == []
