"""The index that completion reads says what the commands declare."""

import json

import pytest

from nerdpy.cli.flag_index import PATH, index_of, indexed
from nerdpy.cli.lazy import Found, load
from nerdpy.cli.tree import TREE

BUILT = [path for path, entry in TREE.items() if entry.at]


@pytest.mark.parametrize("path", BUILT)
def test_the_index_equals_the_declaration(path: str) -> None:
    with open(PATH, encoding="utf-8") as file:
        rows = json.load(file).get(path)
    declared = index_of(load(Found(path, path)))
    assert {"flags": [], **rows} == declared, "run hack/docs"


@pytest.mark.parametrize("path", BUILT)
def test_what_is_read_is_what_is_declared(path: str) -> None:
    command, declared = indexed(path), load(Found(path, path))
    assert {(flag.names, flag.kind, flag.help, flag.choices, flag.complete) for flag in command.flags} == {
        (flag.names, flag.kind, flag.help, flag.choices, flag.complete) for flag in declared.all_flags
    }
    assert [(one.is_list, one.choices, one.complete) for one in command.arguments] == [
        (one.is_list, one.choices, one.complete) for one in declared.arguments
    ]


def test_a_command_that_is_not_in_the_index_offers_nothing() -> None:
    command = indexed("no such")
    assert (command.flags, command.arguments) == ([], [])
