"""The tree of commands holds together, and tells the truth about its modules."""

import importlib

import pytest

from nerdpy.cli.planned import all_planned, planned, unbuilt
from nerdpy.cli.surface import surface
from nerdpy.cli.tree import ALIASES, COMMON, GROUPS, NOT_YET, TREE

BUILT = [path for path, entry in TREE.items() if entry.at]


@pytest.mark.parametrize("path", BUILT)
def test_a_commands_first_line_is_the_trees_summary(path: str) -> None:
    module = importlib.import_module(f"nerdpy.commands.{TREE[path].at}")
    assert module.command.__doc__.strip().splitlines()[0] == TREE[path].summary


def test_what_is_not_built_is_planned_and_what_is_built_is_not() -> None:
    assert sorted(all_planned()) == sorted(unbuilt())


def test_no_name_means_two_commands() -> None:
    names = [*TREE, *(alias for entry in TREE.values() for alias in entry.aliases), *GROUPS, *NOT_YET]
    assert sorted(set(names)) == sorted(names)


def test_every_command_of_a_group_has_its_group() -> None:
    assert {path.split()[0] for path in [*TREE, *ALIASES] if " " in path} <= set(GROUPS)


def test_the_common_commands_exist() -> None:
    assert {name for name in COMMON if name not in TREE and name not in ALIASES} == set()


@pytest.mark.parametrize("path", list(TREE))
def test_no_flag_of_a_command_has_another_ones_name(path: str) -> None:
    from nerdpy.cli.surface import flags_at

    names = [name for flag in flags_at(path)[0] for name in flag.names]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("path", sorted(all_planned()))
def test_a_planned_flag_has_a_help_that_is_no_sentence(path: str) -> None:
    for flag in planned(path).flags:
        assert not flag.help.endswith("."), flag


def test_the_surface_lists_every_command_with_its_flags() -> None:
    listed = surface()
    assert set(TREE) <= set(listed)
    assert listed[""]["flags"]["namespace"] == {"short": "n", "takes_value": True, "unsupported": None}
    assert listed[""]["flags"]["a"] == {"short": "a", "takes_value": True, "unsupported": None}
    assert listed["completion"]["flags"]["no-descriptions"]["takes_value"] is False
    assert listed["completion"]["flags"]["help"]["short"] == "h"
