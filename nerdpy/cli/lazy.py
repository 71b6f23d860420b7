"""Find a command in the tree by its words, and import it when it is run: it and no other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nerdpy.cli.tree import ALIASES, GROUP_ALIASES, GROUPS, SUBGROUPS, TREE, Entry

if TYPE_CHECKING:
    from nerdpy.cli.declaration import Declaration


class Found:
    """A command that the words name: its entry, its canonical path, and the path as typed."""

    __slots__ = ("entry", "path", "typed")

    def __init__(self, path: str, typed: str) -> None:
        self.path = path
        self.typed = typed
        self.entry: Entry = TREE[path]


def find(words: Sequence[str]) -> Found | None:
    """The command that `words` (one, or those of its groups before it) name, by whatever alias."""
    typed = " ".join(words)
    first, *rest = words
    path = " ".join([GROUP_ALIASES.get(first, first), *rest])
    path = ALIASES.get(path, path)
    return Found(path, typed) if path in TREE else None


def group_of(*words: str) -> str:
    """The group that the words name, or nothing."""
    name = " ".join(words) if len(words) > 1 else GROUP_ALIASES.get(words[0], words[0])
    return name if name in GROUPS or name in SUBGROUPS else ""


def names_in(group: str) -> list[str]:
    """The words that may follow the group; without a group, those that may stand first."""
    start = f"{group} " if group else ""
    paths = [*TREE, *ALIASES, *SUBGROUPS, *([] if group else [*GROUPS, *GROUP_ALIASES])]
    words = {path[len(start) :] for path in paths if path.startswith(start)}
    return sorted(word for word in words if " " not in word)


def load(found: Found) -> "Declaration":
    """Import the command, and read its declaration."""
    import importlib

    from nerdpy.cli.declaration import read_declaration

    module = importlib.import_module(f"nerdpy.commands.{found.entry.at}")
    return read_declaration(found.typed, module.command)
