"""Commands that are declared but not built: their help works, everything else is refused with a sentence."""

from collections.abc import Sequence
from typing import Any

from nerdpy.cli.flags import Flag, NotBuilt
from nerdpy.cli.lazy import Found
from nerdpy.cli.tree import NOT_YET, TREE


class Planned:
    """One command of `planned.json`."""

    def __init__(self, path: str, arguments: str, flags: list[Flag], instead: str) -> None:
        self.path = path
        self.arguments = arguments
        self.flags = flags
        self.instead = instead
        """What works meanwhile, if anything."""

    @property
    def sentence(self) -> str:
        return f"`nerdpy {self.path}` is not built yet"


def planned(path: str) -> Planned:
    """What is known of the command at this canonical path."""
    declared = all_planned().get(path, {})
    flags = [
        Flag(tuple(names.split()), kind, help.lstrip("!"), hidden=help.startswith("!"))
        for names, kind, help in declared.get("flags", [])
    ]
    return Planned(path, declared.get("arguments", ""), flags, declared.get("instead", ""))


def all_planned() -> dict[str, dict[str, Any]]:
    """`planned.json`: path -> arguments, flags (names, kind, help; `!` hides it), instead."""
    import json
    import os

    with open(os.path.join(os.path.dirname(__file__), "planned.json"), encoding="utf-8") as file:
        return dict(json.load(file))


def answer(found: Found, words: Sequence[str]) -> None:
    """Show the command's help if that is asked for; refuse it otherwise."""
    from nerdpy.cli.help import planned_page, show

    command = planned(found.path)
    letters = {"--help"} if any("-h" in flag.names for flag in command.flags) else {"--help", "-h"}
    if letters.isdisjoint(words):
        raise NotBuilt(f"`nerdpy {found.typed}` is not built yet", hint=command.instead or None)
    show(planned_page(found, command))


def not_yet(path: Sequence[str]) -> NotBuilt | None:
    """The refusal of a command of docker's or nerdctl's that is not even declared."""
    for words in (path[:1], path):
        typed = " ".join(words)
        if typed in NOT_YET:
            return NotBuilt(f"`nerdpy {typed}` is not built yet", hint=NOT_YET[typed] or None)
    return None


def unbuilt() -> list[str]:
    """The paths of all commands without a module."""
    return [path for path, entry in TREE.items() if not entry.at]
