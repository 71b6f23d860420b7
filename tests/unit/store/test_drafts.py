"""Drafts: out of sight, and cleared away when their makers are gone."""

import os
from pathlib import Path

import pytest

from nerdpy.paths import StorePaths
from nerdpy.store.drafts import Drafts


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(StorePaths(tmp_path / "data", tmp_path / "state", "default"))


def test_there_are_none_at_first(drafts: Drafts) -> None:
    assert drafts.orphaned() == []


def test_each_has_a_place_of_its_own(drafts: Drafts) -> None:
    assert drafts.new() != drafts.new()


def test_a_living_makers_draft_is_no_orphan(drafts: Drafts) -> None:
    drafts.new().mkdir()
    assert drafts.orphaned() == []


@pytest.mark.parametrize("mark", ["4194303-1-ab", "1-1-ab", "stray", "-"])
def test_a_dead_makers_draft_is_an_orphan(drafts: Drafts, mark: str) -> None:
    draft = drafts.new().with_name(mark)
    draft.mkdir()
    assert drafts.orphaned() == [draft]


def test_what_is_removed_is_gone_and_links_are_not_followed(drafts: Drafts, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    folder, file, link = drafts.new(), drafts.new(), drafts.new()
    (folder / "deep").mkdir(parents=True)
    file.write_text("")
    link.symlink_to(tmp_path / "kept")
    for draft in (folder, file, link, drafts.new()):
        drafts.remove(draft)
    assert os.listdir(drafts.paths.drafts) == []
    assert (tmp_path / "kept").exists()
