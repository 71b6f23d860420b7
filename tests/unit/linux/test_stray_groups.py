"""Removing a control group that a runtime has left: every hierarchy of it, and nothing beside it."""

from pathlib import Path

import pytest

from nerdpy.linux import stray_groups
from nerdpy.linux.cgroups import Cgroups


@pytest.mark.parametrize("version", [1, 2])
def test_all_of_a_group_goes_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    roots = [tmp_path / name for name in (("memory", "pids", "unified") if version == 1 else (".",))]
    for root in roots:
        (root / "default" / "one" / "inner").mkdir(parents=True)
        (root / "default" / "other").mkdir()
    seen = Cgroups(
        version=version,  # type: ignore[arg-type]  # 1 or 2
        controllers=(),
        mountpoints={"memory": str(tmp_path / "memory"), "pids": str(tmp_path / "pids")}
        if version == 1
        else {},
        unified=str(tmp_path / "unified") if version == 1 else "",
    )
    monkeypatch.setattr(stray_groups, "look", lambda: seen)
    monkeypatch.setattr(stray_groups, "ROOT", str(tmp_path))
    for path in ("/default/one", "/default/missing", "", "/"):
        stray_groups.remove_group(path)
    for root in roots:
        assert [path.name for path in (root / "default").iterdir()] == ["other"]
